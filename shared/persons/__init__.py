"""Persons in the database: where references stand, pseudonyms, erasure (152-ФЗ)."""
