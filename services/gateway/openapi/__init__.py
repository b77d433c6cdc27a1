"""One OpenAPI document of the whole system, merged out of what each service says it routes."""
