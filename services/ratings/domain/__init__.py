"""The pure rules of ratings: methodologies, the engine, and the answers people ask of it.

Floats stay inside the engine's arrays (units × nodes, NaN is a null); nothing here reads a clock,
a file, a database or a socket.
"""
