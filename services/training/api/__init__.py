"""HTTP operations: parse, one use case, schema; no rules, no SQL."""
