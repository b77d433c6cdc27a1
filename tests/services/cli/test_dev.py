"""What `dev` watches, and how it starts a process again."""

import os
import signal
import sys
from pathlib import Path

from services.cli.dev import restart, stamps
from services.cli.supervisor import Child
from shared.embedded import Home, Running, launch


def test_only_sources_of_the_services_are_watched(tmp_path: Path) -> None:
    for name in ("services/a.py", "shared/b/c.json", "services/d.pyc", "tests/e.py", "f.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    first = stamps(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in first} == {
        "services/a.py",
        "shared/b/c.json",
    }
    os.utime(tmp_path / "services" / "a.py", ns=(1, 1))
    assert set(dict(stamps(tmp_path).items() ^ first.items())) == {tmp_path / "services" / "a.py"}


async def test_a_restarted_process_is_another_one_and_the_first_has_ended(tmp_path: Path) -> None:
    def start() -> Running:
        command = [sys.executable, "-c", "import signal; signal.pause()"]
        return launch(Home(tmp_path, tmp_path, -1, -1), "sleeper", command, signal.SIGTERM)

    child = Child("sleeper", start)
    child.begin()
    first = child.running
    assert first is not None
    await restart(child)
    try:
        assert not first.alive
        assert child.running is not None
        assert child.alive
        assert child.running.process.pid != first.process.pid
    finally:
        assert child.running is not None
        child.running.stop()
