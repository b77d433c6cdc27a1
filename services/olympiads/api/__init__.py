"""HTTP operations: parse, one use case, the wire shape."""
