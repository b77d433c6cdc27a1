"""Persons in the database: where references are, pseudonyms, erasure (152-ФЗ)."""
