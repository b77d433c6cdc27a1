"""The owner's address of the system's database, its embedded server being started if need be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.cli.data_dir import ROOT, AlreadyRunning, DataFolder
from shared.embedded import home_in, start_postgres

DATABASE = "kachestvo"


def data_path() -> Path:
    """Return the data folder that DATA_DIR names, `.data` by default."""
    return Path(os.environ.get("DATA_DIR", ROOT / ".data"))


@contextmanager
def owner_address(database: str = DATABASE) -> Iterator[str]:
    """Give the owner's address: DATABASE_URL, or the embedded server of the data folder.

    A system that is running is used as it is; otherwise its server runs until the end of the
    block. FileNotFoundError where the data folder has no database.
    """
    external = os.environ.get("DATABASE_URL")
    if external is not None:
        yield external
        return
    path = data_path()
    if not (path / "postgres").exists():
        raise FileNotFoundError(
            f"{path} holds no database; DATA_DIR or DATABASE_URL names another."
        )
    home = home_in(path, "postgres")
    try:
        folder = DataFolder(path)
    except AlreadyRunning:
        yield f"postgresql://kachestvo@/{database}?host={home.sockets}"
        return
    try:
        server = start_postgres(home)
        try:
            yield server.url(database)
        finally:
            server.stop()
    finally:
        folder.release()
