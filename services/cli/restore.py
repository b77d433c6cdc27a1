"""Restore a backup into an empty system: roles first, then the database, then its privileges."""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path

import asyncpg

from services.cli.archive import DATA, DUMP, ArchiveUnusable, Manifest, unpack
from services.cli.backup import FAULTS, describe
from services.cli.data_dir import AlreadyRunning
from services.cli.database_access import DATABASE, data_path, owner_address
from services.cli.migrate import passwords_of, protect_version
from services.cli.output import say
from services.cli.pg_tools import restore_database
from services.cli.roles import SCHEMAS, make_roles, prepare_roles
from shared.embedded import home_in


class NotEmpty(RuntimeError):  # noqa: N818 -- the name states the fact.
    """There is a system already where the backup should go."""


def run(given: argparse.Namespace) -> int:
    """Restore; 1 with the reason when nothing was restored."""
    try:
        with tempfile.TemporaryDirectory(prefix="restore-") as folder:
            manifest = unpack(Path(given.file), Path(folder))
            restore(manifest, Path(folder))
    except (*FAULTS, ArchiveUnusable, NotEmpty, AlreadyRunning) as error:
        say(f"Nothing was restored: {error}")
        return 1
    say(f"Restored the backup of {manifest.made_at}. `python -m services up` starts it.")
    return 0


def restore(manifest: Manifest, unpacked: Path) -> None:
    """Put the small files into the data folder and the dump into an empty database."""
    path = data_path()
    place_files(unpacked / DATA, path)
    try:
        if "DATABASE_URL" in os.environ:
            asyncio.run(fill(os.environ["DATABASE_URL"], unpacked / DUMP, manifest))
            return
        home_in(path, "postgres")
        with owner_address("postgres") as server:
            asyncio.run(create_database(server))
            url = server.replace("/postgres?", f"/{DATABASE}?")
            asyncio.run(fill(url, unpacked / DUMP, manifest))
    except BaseException:
        remove_contents(path)
        raise


def remove_contents(folder: Path) -> None:
    """Empty the data folder of a restore that failed, linked folders of servers included."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry.resolve())
        if entry.is_symlink() or entry.is_file():
            entry.unlink()


def place_files(source: Path, target: Path) -> None:
    """Copy the small files, readable by their owner only; NotEmpty unless the folder is empty."""
    if target.is_dir() and any(target.iterdir()):
        raise NotEmpty(f"{target} is not empty. Name an empty folder by DATA_DIR.")
    target.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(mode=0o700, exist_ok=True)
        else:
            shutil.copyfile(path, place)
            place.chmod(0o600)


async def create_database(server: str) -> None:
    """Create the database of the embedded server."""
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


async def fill(url: str, dump: Path, manifest: Manifest) -> None:
    """Make the roles, restore the dump, set the privileges and check what came out."""
    connection = await asyncpg.connect(url)
    try:
        known = await connection.fetchval(
            "SELECT string_agg(nspname, ', ') FROM pg_namespace WHERE nspname = ANY($1)",
            list(SCHEMAS),
        )
        if known:
            raise NotEmpty(f"The database has the schemas {known} already.")
        passwords = role_passwords()
        await make_roles(connection, passwords)
        await asyncio.to_thread(restore_database, url, dump)
        await prepare_roles(connection, passwords)
        for schema in SCHEMAS:
            await protect_version(connection, schema)
    finally:
        await connection.close()
    _, revisions = await describe(url)
    if revisions != manifest.revisions:
        raise ArchiveUnusable(f"Restored revisions {revisions}, not {manifest.revisions}.")


def role_passwords() -> dict[str, str]:
    """Return the passwords that the data folder holds, else those of the environment."""
    kept = data_path() / "roles.json"
    if kept.exists():
        passwords: dict[str, str] = json.loads(kept.read_text())
        return passwords
    return dict(passwords_of(os.environ))
