"""Door 1, HTTP: read the request, call one use case, answer."""
