"""Where an embedded server keeps its files, so that its unprivileged user can reach them.

A Unix socket's path may have at most 107 bytes, hence a short folder for it. No folder that was
there before is ever given another mode: what cannot be reached is placed elsewhere and linked.
"""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SOCKET_PATH_LIMIT = 107
LONGEST_SOCKET = len("/.s.PGSQL.5432.lock")
UNPRIVILEGED = "nobody"
OTHERS_MAY_PASS = stat.S_IXOTH
LASTING_PLACES = ("/var/tmp", "/tmp")  # noqa: S108 -- used through mkdtemp only.
SHORTEST_PLACES = ("/tmp", "/var/tmp")  # noqa: S108 -- used through mkdtemp only.


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one server: its folder, a short folder for sockets, and its user.

    ``uid`` and ``gid`` are -1 when the server runs as the user who starts it.
    """

    folder: Path
    sockets: Path
    uid: int
    gid: int


def home_in(parent: Path, name: str) -> Home:
    """Return the home ``name`` under ``parent``, made if it is not there yet.

    As root the files belong to an unprivileged user; where that user cannot pass through
    ``parent``, they live in a folder of the system's temporary place and ``parent/name`` links it.
    """
    uid, gid = server_user()
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / name
    if uid >= 0 and not passable(parent.resolve()):
        folder = linked(folder, uid, gid, LASTING_PLACES)
    else:
        make_private(folder, uid, gid)
    folder = folder.resolve()
    sockets = folder / "run"
    if len(os.fsencode(sockets)) + LONGEST_SOCKET > SOCKET_PATH_LIMIT:
        sockets = linked(sockets, uid, gid, SHORTEST_PLACES).resolve()
    else:
        make_private(sockets, uid, gid)
    return Home(folder, sockets, uid, gid)


def server_user() -> tuple[int, int]:
    """Return the user servers run as: nobody under root, otherwise (-1, -1) for no change."""
    if os.geteuid() != 0:
        return -1, -1
    entry = pwd.getpwnam(UNPRIVILEGED)
    return entry.pw_uid, entry.pw_gid


def passable(folder: Path) -> bool:
    """Whether any user may pass through the folder and everything above it."""
    return all(part.stat().st_mode & OTHERS_MAY_PASS for part in (folder, *folder.parents))


def make_private(folder: Path, uid: int, gid: int) -> None:
    """Make a folder of our own, open to its user (and root) only; leave an existing one."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if uid >= 0:
            os.chown(folder, uid, gid)


def linked(link: Path, uid: int, gid: int, places: Sequence[str]) -> Path:
    """Return a folder in a reachable place that ``link`` points to, made if need be.

    A folder that was cleaned away, or made again by somebody else under its name, is not used.
    """
    owner = uid if uid >= 0 else os.geteuid()
    if link.is_symlink() and link.is_dir() and link.stat().st_uid == owner:
        return link
    link.unlink(missing_ok=True)
    place = next(Path(p) for p in places if Path(p).is_dir() and passable(Path(p).resolve()))
    target = Path(tempfile.mkdtemp(prefix="kachestvo-", dir=place))
    if uid >= 0:
        os.chown(target, uid, gid)
    link.symlink_to(target)
    return link


def reachable_package(home: Home, package: str, parts: tuple[str, ...]) -> Path:
    """Return the folder of an installed package, or of its copy where the server's user can read.

    ``parts`` are the folders of the package to copy; a folder ``<package>.libs`` next to it, which
    wheels keep shared libraries in, goes along.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed", name=package)
    installed = Path(next(iter(spec.submodule_search_locations))).resolve()
    if home.uid < 0 or passable(installed):
        return installed
    copied = home.folder / "bin" / f"{package}-{int(installed.stat().st_mtime)}" / package
    if not copied.exists():
        unfinished = Path(tempfile.mkdtemp(dir=home.folder))
        unfinished.chmod(0o755)
        for part in parts:
            shutil.copytree(installed / part, unfinished / package / part)
        if (libraries := installed.with_name(f"{package}.libs")).exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        copied.parent.parent.mkdir(exist_ok=True)
        unfinished.rename(copied.parent)
    return copied
