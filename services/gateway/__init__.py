"""The only entry point from outside.

Vocabulary: a *document* is one public path with its bytes; a *variant* is a document in one
representation and coding; a *part* is what a service says of itself (passport, findings, OpenAPI);
a *change* is an announced fact. Owns clients, tokens, webhooks, the changes feed, rate limits and
the audit. Listens to every fact of every service; emits nothing of its own to them.
"""
