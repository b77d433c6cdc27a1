"""Refuse a commit whose subject is not `area: imperative`; run by pre-commit with the message."""

import re
import sys
from pathlib import Path

LONGEST = 72
SUBJECT = re.compile(r"(?:[a-z][a-z0-9/_-]*: [a-z]\S*(?: \S+)*|(?:Merge|Revert) .+)")


def fault_of(message: str) -> str | None:
    """Return what is wrong with a message's first line; None when nothing is."""
    subject = message.partition("\n")[0]
    if len(subject) > LONGEST:
        return f"The subject has {len(subject)} characters, the limit is {LONGEST}."
    if not SUBJECT.fullmatch(subject):
        return "The subject must read `area: imperative with the technical noun`."
    return None


if __name__ == "__main__":
    sys.exit(fault_of(Path(sys.argv[1]).read_text(encoding="utf-8")))
