"""Stored state laid out as the wire has it: no session is opened, nothing is decided."""
