"""What the command line says to the person who runs it."""

import sys
import time

QUIET_SECONDS = 2.0


def say(text: str = "") -> None:
    """Write a line at once, however the output is buffered."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Progress:
    """Numbers the steps of a start and says how long each took."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._last = self._began
        self._said = self._began

    def done(self, text: str) -> None:
        """Say that a step is done."""
        now = time.monotonic()
        say(f"  {now - self._began:5.1f} s  {text} ({now - self._last:.1f} s)")
        self._last = self._said = now

    def going(self, text: str) -> None:
        """Say what is going on when nothing has been said for a while."""
        now = time.monotonic()
        if text and now - self._said > QUIET_SECONDS:
            say(f"  {now - self._began:5.1f} s  … {text}")
            self._said = now
