"""What the command line does: one module a command, each with `run(given)`.

Only here the four services are known together: this is the composition root.
"""
