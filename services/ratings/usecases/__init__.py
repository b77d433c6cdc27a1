"""The verbs of the service: load, decide, save, emit; one transaction each."""
