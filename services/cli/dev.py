"""One service and the gateway on embedded servers, started again whenever their code changes."""

import argparse
import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from services.cli import up
from services.cli.data_dir import ROOT
from services.cli.output import say
from services.cli.preflight import PORTS
from services.cli.supervisor import Child

WATCHED = ("services", "shared")
SUFFIXES = {".py", ".csv", ".json"}
LOOK_SECONDS = 0.5


def run(given: argparse.Namespace) -> int:
    """Start the service and the gateway, which gives tokens, and reload both until Ctrl-C.

    The data are of their own, in `.data/dev`, so that `up` may run with other ports next to it.
    """
    os.environ.setdefault("DATA_DIR", str(ROOT / ".data" / "dev"))
    names = [name for name in PORTS if name in {given.name, "gateway"}]
    return up.run(argparse.Namespace(names=names, on_ready=reload_on_change, no_data=True))


async def reload_on_change(system: up.System) -> None:
    """Start the services again after a source file appeared, went or was written."""
    services = [child for child in system.children if child.name in PORTS]
    say(f"Logs are in {system.data.folder('logs')}; a changed file restarts what runs.")
    seen = await asyncio.to_thread(stamps, ROOT)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = await asyncio.to_thread(stamps, ROOT)
        if now == seen:
            continue
        changed = sorted(str(path.relative_to(ROOT)) for path, _ in now.items() ^ seen.items())
        seen = now
        say(f"  {changed[0]} changed; starting again.")
        await asyncio.gather(*(restart(child) for child in services))


async def restart(child: Child) -> None:
    """Stop a process and start it from this thread, to whose life the kernel binds it."""
    running, child.running = child.running, None
    if running is not None:
        await asyncio.to_thread(running.stop)
    child.pause = 0.0
    child.begin()


def stamps(root: Path) -> Mapping[Path, int]:
    """Return when each watched source file was last written, in nanoseconds."""
    return {
        path: path.stat().st_mtime_ns
        for folder in WATCHED
        for path in (root / folder).rglob("*")
        if path.suffix in SUFFIXES and path.is_file()
    }
