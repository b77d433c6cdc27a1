"""Plumbing that knows no service, and `figures`, the vocabulary that all services share."""
