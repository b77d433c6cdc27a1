"""Verbs of training: load, decide, save, emit; one transaction each."""
