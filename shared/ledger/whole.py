"""What a whole document says beside its claims, read from JSON into rows of facts.

`groups`, `expected` and `trees` may be objects (`{"dfo": ["08000000", …]}`) or lists of objects;
`benchmarks` are `{"concept", "key", "value", "source"}`; `peers` is a number, an object by period,
or a list; `facts` are rows as in the table. Anything else is a fault with its JSON pointer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from shared.errors import FieldError
from shared.figures.claims import key_of
from shared.ledger.facts import FactFault, FactRow, check_fact

MOST_FACTS = 10_000


@dataclass(frozen=True, slots=True)
class StatedAssumption:
    """An assumption as a document or a table states it."""

    code: str
    default: str
    text: str
    subject: tuple[tuple[str, str], ...] = ()
    line: int | None = None
    cell: int | None = None
    table: str | None = None


def read_facts(members: Mapping[str, object]) -> tuple[list[FactRow], list[FieldError]]:
    """Return the facts of a document's members and every fault; unknown members are not read."""
    rows: list[FactRow] = []
    faults: list[FieldError] = []
    for name, reader in READERS.items():
        given = members.get(name)
        for pointer, entry in _entries(f"/{name}", given):
            try:
                row = reader(entry)
                check_fact(row)
            except (FactFault, KeyError, TypeError, ValueError) as error:
                told = (
                    str(error)
                    if isinstance(error, FactFault)
                    else "Нет нужного поля или тип не тот."
                )
                faults.append(FieldError(pointer, "FACT_INVALID", told))
            else:
                rows.append(row)
    if len(rows) > MOST_FACTS:
        told = f"Фактов больше {MOST_FACTS}."
        faults.append(FieldError("", "TOO_MANY_FACTS", told))
    return rows, faults


def read_assumptions(given: object) -> tuple[list[StatedAssumption], list[FieldError]]:
    """Return the assumptions a document states: `{"code", "default", "text", …}`, and faults."""
    stated, faults = [], []
    for pointer, entry in _entries("/assumptions", given):
        try:
            stated.append(_assumption(entry))
        except (KeyError, TypeError, ValueError):
            told = "Нужны code, default и text."
            faults.append(FieldError(pointer, "ASSUMPTION_INVALID", told))
    return stated, faults


def _entries(pointer: str, given: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the entries of a member: of a list as they are, of an object by its names."""
    if given is None:
        return
    if isinstance(given, list):
        for i, entry in enumerate(given):
            yield f"{pointer}/{i}", entry if isinstance(entry, dict) else {"": entry}
    elif isinstance(given, dict):
        for name, value in given.items():
            entry = value if isinstance(value, dict) else {"members": value}
            yield f"{pointer}/{name}", {"code": name, **entry}
    else:
        yield pointer, {"members": given}


def _group(entry: Mapping[str, object]) -> FactRow:
    return FactRow("group", _code(entry), members=_members(entry))


def _expected(entry: Mapping[str, object]) -> FactRow:
    """Read a list of codes; `key` may name the part of the key itself."""
    axis = entry.get("key") if isinstance(entry.get("key"), str) else _code(entry)
    key = () if isinstance(entry.get("key"), str) else _key(entry)
    named = AXES.get(str(axis), str(axis))
    return FactRow("expected", named, _concept(entry), key, _members(entry))


def _tree(entry: Mapping[str, object]) -> FactRow:
    concept = _concept(entry) or "index"
    return FactRow("tree", _code(entry), concept, _key(entry), _members(entry))


def _benchmark(entry: Mapping[str, object]) -> FactRow:
    """Read a national value; it may be written as a claim of the nation is."""
    value = entry["value"] if "value" in entry else entry["raw"]
    source = str(entry.get("source") or entry.get("document") or "")
    regional = {name: part for name, part in entry.items() if name != "territory"}
    key = key_of({**_beside(entry), **dict(_key(regional))})
    return FactRow("benchmark", "", _concept(entry), key, (), _text(value), source)


def _peers(entry: Mapping[str, object]) -> FactRow:
    period = entry.get("period", entry.get("code"))
    key = {**_beside(entry), **dict(_key(entry))}
    key |= {} if period is None else {"period": _text(period)}
    count = entry.get("count", entry.get("value", entry.get("members")))
    return FactRow("peers", key=key_of(key), value=_text(count))


def _scale(entry: Mapping[str, object]) -> FactRow:
    concept = _concept(entry) or _code(entry, "index")
    ends = [entry.get(name) for name in ("from", "to", "step")]
    value = ";".join("" if end is None else _text(end) for end in ends)
    return FactRow("scale", "", concept, _key(entry), (), value)


def _shared_maximum(entry: Mapping[str, object]) -> FactRow:
    return FactRow("shared_maximum", _code(entry), _concept(entry), _key(entry))


def _window(entry: Mapping[str, object]) -> FactRow:
    return FactRow("window", _code(entry), value=f"{_text(entry['from'])};{_text(entry['to'])}")


def _row(entry: Mapping[str, object]) -> FactRow:
    return FactRow(
        _text(entry["fact"]),
        _code(entry, ""),
        _concept(entry),
        _key(entry),
        _members(entry) if entry.get("members") is not None else (),
        "" if entry.get("value") is None else _text(entry["value"]),
        "" if entry.get("source") is None else _text(entry["source"]),
    )


def _assumption(entry: Mapping[str, object]) -> StatedAssumption:
    where = entry.get("locator")
    locator = where if isinstance(where, dict) else {}
    subject = entry.get("subject")
    return StatedAssumption(
        code=_text(entry["code"]),
        default=_text(entry["default"]),
        text=_text(entry["text"]),
        subject=key_of(subject) if isinstance(subject, dict) else (),
        line=_whole(locator.get("line")),
        cell=_whole(locator.get("cell")),
        table=None if locator.get("table") is None else _text(locator["table"]),
    )


def _beside(entry: Mapping[str, object]) -> dict[str, object]:
    """Return the usual parts of a key that stand beside it instead of in it."""
    named = (name for name in AXES.values() if name != "territory")
    return {name: entry[name] for name in named if entry.get(name) is not None}


def _code(entry: Mapping[str, object], default: str | None = None) -> str:
    for name in ("code", "parent", "group", "axis", "name"):
        if entry.get(name) is not None:
            return _text(entry[name])
    if default is None:
        raise KeyError
    return default


def _concept(entry: Mapping[str, object]) -> str | None:
    return None if entry.get("concept") is None else _text(entry["concept"])


def _key(entry: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the key, with a territory or scope that stands beside it."""
    given = entry.get("key")
    if given is not None and not isinstance(given, dict):
        raise TypeError
    beside = {name: entry.get(name) for name in ("territory", "programme", "season", "year")}
    return key_of({**beside, **(given or {})})


def _members(entry: Mapping[str, object]) -> tuple[str, ...]:
    for name in ("members", "territories", "children", "codes", "values", "items"):
        given = entry.get(name)
        if isinstance(given, list):
            return tuple(_text(member) for member in given)
    raise KeyError


def _text(value: object) -> str:
    """Return text or a number as text; anything else is no value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    return str(value).strip()


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


AXES = {
    "territories": "territory",
    "subjects": "subject",
    "indicators": "indicator",
    "grades": "grade",
    "periods": "period",
    "tiers": "tier",
    "bands": "band",
    "stages": "stage",
}
"""Lists are often named in the plural of the part of the key they fill."""

READERS: Mapping[str, Callable[[Mapping[str, object]], FactRow]] = {
    "groups": _group,
    "expected": _expected,
    "benchmarks": _benchmark,
    "peers": _peers,
    "trees": _tree,
    "scales": _scale,
    "shared_maxima": _shared_maximum,
    "windows": _window,
    "facts": _row,
}
MEMBERS = (*READERS, "assumptions")
"""What may stand beside the claims of a whole document."""
