"""The folder `.data`: everything the local system keeps, with its secrets readable by one user."""

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.cli.roles import SCHEMAS

ROOT = Path(__file__).parent.parent.parent


class AlreadyRunning(RuntimeError):  # noqa: N818 -- the name states the fact.
    """Another `up` uses the folder; the message names its process."""


class DataFolder:
    """The folder, locked against a second `up` for as long as this process lives."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        self.path = path
        self._lock = (path / "up.lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            raise AlreadyRunning(
                f"{path} is in use by a running system, process {self._lock.read().strip()}."
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def release(self) -> None:
        """Let another process use the folder."""
        self._lock.close()

    def folder(self, name: str) -> Path:
        """Return a folder in it that only this user may enter."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def role_passwords(self) -> Mapping[str, str]:
        """Return the password of each service's role, made at the first start."""
        kept = self.path / "roles.json"
        if not kept.exists():
            write_secret(kept, {schema: secrets.token_urlsafe(32) for schema in SCHEMAS})
        passwords: dict[str, str] = json.loads(kept.read_text())
        return passwords


def write_secret(path: Path, content: Any) -> None:
    """Write JSON that only this user may read; a file half written is never seen."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.write("\n")
    unfinished.replace(path)
