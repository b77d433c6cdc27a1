"""Saying to people what a finding is about: titles in place of codes, the subject first."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from shared.figures.rules.finding import Finding, Json
from shared.figures.rules.wording import CONCEPTS, axis_title

Titles = Mapping[str, Mapping[str, str]]
"""Titles by the part of the key (`territory`, `subject`, `indicator`, `group` …) and code."""

ORDER = ("territory", "indicator", "subject", "concept", "grade", "tier", "band", "stage")
SCOPES = ("programme", "period", "season", "year")
# Parts of a subject that identify the finding or its rule, and are said in the text where needed.
STRUCTURAL = frozenset(
    {
        "assumption",
        "axis",
        "codes",
        "document",
        "documents",
        "group",
        "more",
        "node",
        "relation",
        "rules",
        "shared_maximum",
        "territories",
        "window",
    }
)
SPEAK_FOR_THEMSELVES = frozenset({"assumption", "rule_failed"})
"""Rules whose texts are whole sentences about the document."""
CODE_IN_TEXT = re.compile(r"\b[a-z][a-z_]{2,}\b|\b[0-9]{8}\b|(?<=группы «)[^»]+(?=»)")
IN_TEXT = ("territory", "group", "subject", "band", "tier", "stage", "indicator")
"""Axes whose codes rules write into texts."""
LONGEST_SUBJECT = 300


def in_words(finding: Finding, titles: Titles) -> Finding:
    """Return the finding with its subject before the text, and titles in place of codes."""
    known = {
        code: title for axis in reversed(IN_TEXT) for code, title in titles.get(axis, {}).items()
    }
    text = CODE_IN_TEXT.sub(lambda code: known.get(code[0], code[0]), finding.text)
    about = "" if finding.rule in SPEAK_FOR_THEMSELVES else subject_text(finding.subject, titles)
    return replace(finding, text=f"{about}. {text}" if about else text)


def subject_text(subject: Mapping[str, Json], titles: Titles) -> str:
    """Return what a finding is about, from the territory down to the period; or nothing."""
    parts = dict.fromkeys(_parts(subject, titles))
    text = ", ".join(part for part in parts if part)
    shown = text if len(text) <= LONGEST_SUBJECT else f"{text[:LONGEST_SUBJECT]}…"
    return shown[:1].upper() + shown[1:]


def _parts(subject: Mapping[str, Json], titles: Titles) -> Iterator[str]:
    others = [name for name in subject if name not in {*ORDER, *SCOPES, *STRUCTURAL}]
    for name in (*ORDER, *sorted(others), *SCOPES):
        value = subject.get(name)
        if isinstance(value, str | int):
            yield _part(name, str(value), titles.get(name, {}).get(str(value)))


def _part(name: str, value: str, title: str | None) -> str:
    """Return one part of a subject: its title, else its code with the word for what it is."""
    if name == "concept":
        return CONCEPTS.get(value, "")
    if name in SHAPES and (title is None or name in QUOTED):
        return SHAPES[name](title or value)
    return title or f"{axis_title(name)} «{value}»"


def _period(value: str) -> str:
    if "-" in value:
        return f"{value} учебный год"
    return f"{value} год" if value.isdecimal() else f"период {value}"


QUOTED = frozenset({"indicator", "band"})
"""Parts whose titles say what they are only with a word before them."""
SHAPES: Mapping[str, Callable[[str], str]] = {
    "indicator": "показатель «{}»".format,
    "band": "уровень «{}»".format,
    "programme": "программа {}".format,
    "grade": "{} класс".format,
    "year": _period,
    "season": _period,
    "period": _period,
}
