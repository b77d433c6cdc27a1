"""The file that `backup` writes and `restore` reads: a tar with a manifest, secrets included.

Members: `manifest.json` (format, time, revision of each schema, SHA-256 of every member),
`database.dump` (pg_dump's custom format) and `data/…` (the small files of the data folder: role
passwords, keys, the demo client). It holds secrets, so only its owner may read it.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
DATA = "data"
# Entries of the data folder that a backup leaves out.
SERVERS = frozenset({"postgres", "valkey", "logs", "up.lock"})


class ArchiveUnusable(RuntimeError):  # noqa: N818 -- the name states the fact.
    """The file is no whole backup; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    made_at: str
    server: str
    revisions: Mapping[str, str]
    digests: Mapping[str, str]


def small_files(data: Path) -> list[Path]:
    """Return the files of a data folder that belong into a backup, sorted."""
    entries = sorted(data.iterdir()) if data.is_dir() else []
    roots = [entry for entry in entries if entry.name not in SERVERS]
    return [
        path
        for root in roots
        for path in ([root] if root.is_file() else sorted(root.rglob("*")))
        if path.is_file() and not path.is_symlink()
    ]


def write_archive(
    target: Path, dump: Path, data: Path, *, made_at: str, server: str, revisions: Mapping[str, str]
) -> Manifest:
    """Write a backup under its final name only when it is whole and on the disk."""
    members = {DUMP: dump}
    members |= {f"{DATA}/{path.relative_to(data)}": path for path in small_files(data)}
    digests = {name: digest_of(path) for name, path in members.items()}
    manifest = Manifest(FORMAT, made_at, server, revisions, digests)
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            _add_manifest(tar, manifest)
            for name, path in members.items():
                tar.add(path, arcname=name)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)
    return manifest


def _add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    content = json.dumps(asdict(manifest), ensure_ascii=False, indent=2).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder and check every byte of it.

    Raises ArchiveUnusable for a file that is no backup, is cut off or was changed.
    """
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                if not entry.isfile() or not _is_inside(entry.name):
                    raise ArchiveUnusable(f"{archive}: unexpected member {entry.name!r}.")
                tar.extract(entry, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ArchiveUnusable(f"{archive} is no whole backup: {error}") from error
    manifest = _manifest_of(archive, folder / MANIFEST)
    for name, expected in manifest.digests.items():
        path = folder / name
        if not path.is_file() or digest_of(path) != expected:
            raise ArchiveUnusable(f"{archive}: {name} is missing or was changed.")
    unknown = set(_names(folder)) - {MANIFEST, *manifest.digests}
    if unknown:
        raise ArchiveUnusable(f"{archive}: not in its manifest: {', '.join(sorted(unknown))}.")
    return manifest


def _manifest_of(archive: Path, path: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise ArchiveUnusable(f"{archive} has no readable manifest: {error}") from error
    if manifest.format != FORMAT:
        raise ArchiveUnusable(
            f"{archive} has format {manifest.format}; this release reads {FORMAT}."
        )
    return manifest


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
