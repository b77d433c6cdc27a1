"""All SQL of the service; rows come back as domain values or plain tuples."""
