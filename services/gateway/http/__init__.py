"""Requests passed on to the owning service: same path, same identity, a deadline."""
