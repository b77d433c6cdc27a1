"""Write a service's next migration by comparing its tables with a throw-away migrated database."""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from services.cli.migrate import INI, configuration, migrate
from shared.embedded import home_in, start_postgres


def run(given: argparse.Namespace) -> int:
    """Write the next migration of the schema named on the command line."""
    write_revision(given.schema, given.title)
    return 0


def write_revision(schema: str, title: str) -> None:
    """Add `migrations/<schema>/NNNN_<slug>.py`; what autogeneration cannot see is added by hand."""
    folder = Path(tempfile.mkdtemp(prefix="kachestvo-revision-"))
    server = start_postgres(home_in(folder, "postgres"), durable=False)
    try:
        url = server.url("postgres")
        asyncio.run(migrate(url, {}))
        number = len(list((INI.parent / schema).glob("*.py"))) + 1
        written = command.revision(
            configuration(url, schema), title, autogenerate=True, rev_id=f"{number:04}"
        )
        if isinstance(written, Script):
            tidy(Path(written.path))
    finally:
        server.stop()
        shutil.rmtree((folder / "postgres").resolve())
        shutil.rmtree(folder)


def tidy(path: Path) -> None:
    """Bring the generated file into the house's style."""
    lines = path.read_text().splitlines()
    kept = [line for line in lines if not line.strip().startswith("# ###")]
    path.write_text("\n".join(kept) + "\n")
    for command_line in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run(  # noqa: S603 -- the project's own formatter.
            [sys.executable, "-m", "ruff", *command_line, str(path)], check=False
        )
