"""A fault as the doctor tells it, and the installation it looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and what to do; `code` is stable, for scripts."""

    code: str
    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the parts of a system are, as the process that asks reaches them.

    `database` is the owner's address, `keys` the folder of private keys where it is at hand,
    `folders` whatever must have room, `environment` the settings to be checked.
    """

    database: str
    redis: str
    services: Mapping[str, str]
    keys: Path | None
    folders: tuple[Path, ...]
    environment: Mapping[str, str]
