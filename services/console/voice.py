"""What the command line says to the person who runs it."""

import sys
import time


def say(text: str = "") -> None:
    """Write a line at once, however the output is buffered."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Steps:
    """Numbers the steps of a start and says how long each took."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._last = self._began

    def done(self, text: str) -> None:
        """Say that a step is done."""
        now = time.monotonic()
        say(f"  {now - self._began:5.1f} s  {text} ({now - self._last:.1f} s)")
        self._last = now
