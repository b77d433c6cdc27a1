"""What people and other services ask of the olympiads: load, decide, save, emit."""
