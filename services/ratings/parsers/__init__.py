"""Bytes and texts of one form to domain values; no input or output."""
