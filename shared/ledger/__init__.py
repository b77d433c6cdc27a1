"""The ledger of published figures, the same in every service and in each one's own schema.

Claims say what documents print, facts and assumptions what the rules rely on; the job
`recheck_findings` judges each document and keeps its findings with their history. People
acknowledge findings and answer claims with corrected ones; nothing printed is ever edited.

A service plugs in: `tables.add_ledger_tables`, `kinds.LEDGER_KINDS`, `recheck.recheck_findings`
among its jobs, `router.ledger_router`, and `findings.store_findings` for findings of its own.
"""
