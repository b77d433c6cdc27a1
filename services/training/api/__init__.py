"""Door 1, HTTP: parse, one use case, schema; no rules, no SQL."""
