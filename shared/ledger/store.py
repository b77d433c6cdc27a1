"""All SQL of the ledger; unqualified, so it reaches the schema of the service that runs it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Row = Mapping[str, Any]

CLAIM_COLUMNS = """
    c.id, c.scope, c.territory, c.concept, c.key, c.raw, c.document,
    c.locator_line, c.locator_cell, c.locator_table, c.known_from, c.import_id
"""
# A correction answers the text it was made for: once an import brings another text, it is history.
WITH_CORRECTION = """
    LEFT JOIN LATERAL (
        SELECT k.raw, k.basis, k.made_at FROM claim_correction AS k
        WHERE k.claim_id = c.id AND k.replaced_raw IS NOT DISTINCT FROM c.raw
        ORDER BY k.made_at DESC, k.id DESC LIMIT 1
    ) AS k ON true
"""
CLAIMS_OF_DOCUMENT = text(f"""
    SELECT {CLAIM_COLUMNS}, k.raw AS corrected_raw, k.made_at AS corrected_at
    FROM claim AS c {WITH_CORRECTION}
    WHERE c.known_to = 'infinity' AND c.document = :document ORDER BY c.id
""")  # noqa: S608 -- constants of this module.
LIST_CLAIMS = text(f"""
    SELECT {CLAIM_COLUMNS}, k.raw AS corrected_raw, k.basis, k.made_at AS corrected_at
    FROM claim AS c {WITH_CORRECTION}
    WHERE c.known_to = 'infinity'
    AND (CAST(:document AS text) IS NULL OR c.document = :document)
    AND (CAST(:territory AS text) IS NULL OR c.territory = :territory)
    AND (CAST(:concept AS text) IS NULL OR c.concept = :concept)
    AND (CAST(:scope AS text) IS NULL OR c.scope = :scope)
    AND (CAST(:after AS text) IS NULL OR c.id > :after)
    ORDER BY c.id LIMIT :limit
""")  # noqa: S608 -- as above.
SHOW_CLAIM = text(f"""
    SELECT {CLAIM_COLUMNS}, k.raw AS corrected_raw, k.basis, k.made_at AS corrected_at
    FROM claim AS c {WITH_CORRECTION} WHERE c.known_to = 'infinity' AND c.id = :id
""")  # noqa: S608 -- as above.
CLAIMS_IN_SCOPE = text(f"""
    SELECT {CLAIM_COLUMNS}, k.raw AS corrected_raw, k.made_at AS corrected_at
    FROM claim AS c {WITH_CORRECTION}
    WHERE c.known_to = 'infinity' AND c.scope = :scope ORDER BY c.id
""")  # noqa: S608 -- as above.
RESTATED_IN_SCOPES = text(f"""
    WITH several AS (
        SELECT scope, coalesce(territory, '') AS territory, concept, key FROM claim
        WHERE known_to = 'infinity' AND scope = ANY(:scopes) AND key <> '{{}}'
        GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT document) > 1
    )
    SELECT {CLAIM_COLUMNS}, k.raw AS corrected_raw, k.made_at AS corrected_at
    FROM claim AS c {WITH_CORRECTION}
    JOIN several AS s ON (s.scope, s.territory, s.concept, s.key)
        = (c.scope, coalesce(c.territory, ''), c.concept, c.key)
    WHERE c.known_to = 'infinity' ORDER BY c.id
""")  # noqa: S608 -- as above.
REVISIONS = text("""
    SELECT document, code FROM document_fact
    WHERE known_to = 'infinity' AND fact = 'revises' AND document IS NOT NULL
""")
ORIGINS_NAMING = text("""
    SELECT DISTINCT origin FROM finding
    WHERE starts_with(origin, :prefix) AND content->'subject'->'documents' ? :document
""")
CORRECTIONS = text("""
    SELECT id, replaced_raw, raw, basis, subject, actor, made_at FROM claim_correction
    WHERE claim_id = :id ORDER BY made_at, id
""")
CORRECT = text("""
    INSERT INTO claim_correction (id, claim_id, replaced_raw, raw, basis, subject, actor)
    VALUES (:id, :claim_id, :replaced_raw, :raw, :basis, :subject, :actor) RETURNING made_at
""")
FACTS_OF_DOCUMENT = text("""
    SELECT document, fact, code, concept, key, members, value, source FROM document_fact
    WHERE known_to = 'infinity' AND (document IS NULL OR document = :document) ORDER BY id
""")
ASSUMPTIONS_OF_DOCUMENT = text("""
    SELECT code, subject, "default", text, locator_line, locator_cell, locator_table
    FROM assumption WHERE known_to = 'infinity' AND document = :document ORDER BY id
""")
CONTEXT_OF_DOCUMENT = text("SELECT members FROM document_context WHERE document = :document")
KEEP_CONTEXT = text("""
    INSERT INTO document_context AS d (document, members, import_id)
    VALUES (:document, CAST(:members AS jsonb), :import_id)
    ON CONFLICT (document) DO UPDATE SET members = excluded.members, import_id = excluded.import_id
    WHERE d.members IS DISTINCT FROM excluded.members RETURNING d.document
""")
DOCUMENTS = text("""
    SELECT document FROM claim WHERE known_to = 'infinity'
    UNION SELECT document FROM assumption WHERE known_to = 'infinity'
    UNION SELECT document FROM finding WHERE origin = 'document:' || document
    ORDER BY 1
""")

FINDING_COLUMNS = """
    id, origin, document, rule, severity, rank, claims, content, digest, status, comment,
    detected_at, revision
"""
FINDINGS_OF_ORIGIN = text(f"SELECT {FINDING_COLUMNS} FROM finding WHERE origin = :origin")  # noqa: S608 -- as above.
LIST_FINDINGS = text(f"""
    SELECT {FINDING_COLUMNS} FROM finding
    WHERE (CAST(:severity AS text) IS NULL OR severity = :severity)
    AND (CAST(:rule AS text) IS NULL OR rule = :rule)
    AND (CAST(:status AS text) IS NULL OR status = :status)
    AND (CAST(:territory AS text) IS NULL OR :territory = ANY(territories))
    AND (CAST(:document AS text) IS NULL OR document = :document
        OR content->'subject'->'documents' ? :document)
    AND (CAST(:folded AS boolean) IS NOT TRUE OR content->>'shared_cause' IS NULL)
    AND (CAST(:rank AS integer) IS NULL OR (rank, rule, id) > (:rank, :last_rule, :last_id))
    ORDER BY rank, rule, id LIMIT :limit
""")  # noqa: S608 -- as above.
ALL_FINDINGS = text(f"SELECT {FINDING_COLUMNS} FROM finding ORDER BY rank, rule, id")  # noqa: S608 -- as above.
SHOW_FINDING = text(f"SELECT {FINDING_COLUMNS} FROM finding WHERE id = :id")  # noqa: S608 -- as above.
LOCK_FINDING = text(f"SELECT {FINDING_COLUMNS} FROM finding WHERE id = :id FOR UPDATE")  # noqa: S608 -- as above.
HISTORY = text("""
    SELECT severity, status, comment, subject, actor, revision, at FROM finding_history
    WHERE finding_id = :id ORDER BY number
""")
COUNT_FINDINGS = text("SELECT count(*) FROM finding")
LAST_REVISION = text("SELECT coalesce(max(revision), 0) FROM finding_history")
SAVE_FINDING = text("""
    INSERT INTO finding (id, origin, document, rule, severity, rank, territories, claims, content,
        digest, status, comment, revision)
    VALUES (:id, :origin, :document, :rule, :severity, :rank, :territories, :claims,
        CAST(:content AS jsonb), :digest, :status, :comment, :revision)
    ON CONFLICT (id) DO UPDATE SET origin = excluded.origin, document = excluded.document,
        severity = excluded.severity, rank = excluded.rank, territories = excluded.territories,
        claims = excluded.claims, content = excluded.content, digest = excluded.digest,
        status = excluded.status, comment = excluded.comment, revision = excluded.revision
""")
SET_STATUS = text("""
    UPDATE finding SET status = :status, comment = :comment, revision = :revision WHERE id = :id
""")
FORGET_FINDING = text("DELETE FROM finding WHERE id = :id")
NOTE = text("""
    INSERT INTO finding_history (finding_id, severity, status, comment, subject, actor, revision)
    VALUES (:finding_id, :severity, :status, :comment, :subject, :actor, :revision)
""")


async def claims_of(session: AsyncSession, document: str) -> list[Row]:
    """Return the current claims of a document, each with the correction in force."""
    return await _rows(session, CLAIMS_OF_DOCUMENT, {"document": document})


async def claims_in_scope(session: AsyncSession, scope: str) -> list[Row]:
    """Return the current claims of a programme, season or year, over all documents."""
    return await _rows(session, CLAIMS_IN_SCOPE, {"scope": scope})


async def restated_claims(session: AsyncSession, scopes: Sequence[str]) -> list[Row]:
    """Return the current claims of these scopes that several documents make of one thing."""
    return await _rows(session, RESTATED_IN_SCOPES, {"scopes": list(scopes)})


async def revised_documents(session: AsyncSession) -> Mapping[str, frozenset[str]]:
    """Return the documents that each document is registered to replace."""
    found: dict[str, set[str]] = {}
    for row in await session.execute(REVISIONS):
        found.setdefault(row.document, set()).add(row.code)
    return {document: frozenset(codes) for document, codes in found.items()}


async def origins_naming(session: AsyncSession, prefix: str, document: str) -> list[str]:
    """Return the origins with a prefix whose findings are in a document."""
    asked = {"prefix": prefix, "document": document}
    return list((await session.execute(ORIGINS_NAMING, asked)).scalars())


async def list_claims(
    session: AsyncSession, filters: Mapping[str, str | None], after: str | None, limit: int
) -> list[Row]:
    """Return current claims by id after the last one seen; a filter of None does not filter."""
    return await _rows(session, LIST_CLAIMS, {**filters, "after": after, "limit": limit})


async def show_claim(session: AsyncSession, claim_id: str) -> Row | None:
    """Return one current claim, or None."""
    return next(iter(await _rows(session, SHOW_CLAIM, {"id": claim_id})), None)


async def corrections(session: AsyncSession, claim_id: str) -> list[Row]:
    """Return everything people answered to a claim, oldest first."""
    return await _rows(session, CORRECTIONS, {"id": claim_id})


async def correct(session: AsyncSession, row: Mapping[str, object]) -> UUID:
    """Add a corrected claim next to the printed one and return its id."""
    made = uuid4()
    await session.execute(CORRECT, {"id": made, **row})
    return made


async def facts_of_document(session: AsyncSession, document: str) -> list[Row]:
    """Return the facts registered for a document or for all of them."""
    return await _rows(session, FACTS_OF_DOCUMENT, {"document": document})


async def assumptions_of(session: AsyncSession, document: str) -> list[Row]:
    """Return the assumptions recorded for a document."""
    return await _rows(session, ASSUMPTIONS_OF_DOCUMENT, {"document": document})


async def context_of(session: AsyncSession, document: str) -> Mapping[str, Any]:
    """Return what came with the claims of a whole document."""
    row = (await session.execute(CONTEXT_OF_DOCUMENT, {"document": document})).one_or_none()
    return {} if row is None else row.members


async def keep_context(
    session: AsyncSession, document: str, members: Mapping[str, object], import_id: UUID
) -> bool:
    """Keep what came with the claims; tell whether it is new."""
    row = {
        "document": document,
        "members": json.dumps(members, ensure_ascii=False),
        "import_id": import_id,
    }
    return (await session.execute(KEEP_CONTEXT, row)).one_or_none() is not None


async def documents(session: AsyncSession) -> list[str]:
    """Return the codes of all documents that have claims, assumptions or findings."""
    return list((await session.execute(DOCUMENTS)).scalars())


async def findings_of(session: AsyncSession, origin: str) -> list[Row]:
    """Return the stored findings of one origin."""
    return await _rows(session, FINDINGS_OF_ORIGIN, {"origin": origin})


async def list_findings(
    session: AsyncSession,
    filters: Mapping[str, str | bool | None],
    after: tuple[int, str, str] | None,
    limit: int,
) -> list[Row]:
    """Return findings, gravest first, after the last one seen; None does not filter."""
    rank, last_rule, last_id = after or (None, None, None)
    place = {"rank": rank, "last_rule": last_rule, "last_id": last_id, "limit": limit}
    return await _rows(session, LIST_FINDINGS, {**filters, **place})


async def all_findings(session: AsyncSession) -> list[Row]:
    """Return every finding, gravest first."""
    return await _rows(session, ALL_FINDINGS, {})


async def count_findings(session: AsyncSession) -> int:
    """Return how many findings there are."""
    return int((await session.execute(COUNT_FINDINGS)).scalar_one())


async def show_finding(
    session: AsyncSession, finding_id: str, *, for_update: bool = False
) -> Row | None:
    """Return one finding, or None; `for_update` holds it until the transaction ends."""
    query = LOCK_FINDING if for_update else SHOW_FINDING
    return next(iter(await _rows(session, query, {"id": finding_id})), None)


async def history(session: AsyncSession, finding_id: str) -> list[Row]:
    """Return what happened to a finding, oldest first."""
    return await _rows(session, HISTORY, {"id": finding_id})


async def last_revision(session: AsyncSession) -> int:
    """Return the number of the last change of any finding, 0 before the first."""
    return int((await session.execute(LAST_REVISION)).scalar_one())


async def save_finding(session: AsyncSession, row: Mapping[str, object]) -> None:
    """Store a finding as it now is, and note it in its history."""
    content = json.dumps(row["content"], ensure_ascii=False)
    await session.execute(SAVE_FINDING, {**row, "content": content})
    await _note(session, row["id"], row, subject=None, actor=None)


async def set_status(session: AsyncSession, finding: Row, row: Mapping[str, object]) -> None:
    """Change a finding's status; `row` has status, comment, revision, subject, actor."""
    status = {name: row[name] for name in ("status", "comment", "revision")}
    await session.execute(SET_STATUS, {"id": finding["id"], **status})
    noted = {"severity": finding["severity"], **status}
    await _note(session, finding["id"], noted, subject=row["subject"], actor=row["actor"])


async def forget_finding(session: AsyncSession, finding: Row, revision: int) -> None:
    """Remove a verified rule whose figures are gone; its history stays."""
    await session.execute(FORGET_FINDING, {"id": finding["id"]})
    gone = {"severity": finding["severity"], "status": "resolved", "comment": None}
    await _note(session, finding["id"], {**gone, "revision": revision}, subject=None, actor=None)


async def _note(
    session: AsyncSession, finding_id: object, row: Row, *, subject: object, actor: object
) -> None:
    noted = {name: row[name] for name in ("severity", "status", "comment", "revision")}
    await session.execute(
        NOTE, {"finding_id": finding_id, **noted, "subject": subject, "actor": actor}
    )


async def _rows(session: AsyncSession, query: Any, values: Mapping[str, object]) -> list[Row]:
    return [dict(row) for row in (await session.execute(query, values)).mappings()]
