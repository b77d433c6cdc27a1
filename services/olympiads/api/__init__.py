"""Door 1, HTTP: parse, one use case, the wire shape."""
