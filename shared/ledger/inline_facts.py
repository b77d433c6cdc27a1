"""What a whole document says besides its claims, read from JSON into rows of facts.

`groups`, `expected` and `trees` may be objects (`{"dfo": ["08000000", …]}`) or lists of objects;
a `whole`, `share_of`, `ranking`, `domain`, `not` or relation may be one object or a list;
`benchmarks` are `{"concept", "key", "value", "source"}` or an object by subject or indicator;
`peers` is a number, an object by period or programme, or a list; a window has `from` and `to`, or
is a list of the two; `facts` are rows as in the table. What a list is of, a plain list of codes
says itself. Anything else is a fault with its JSON pointer.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.errors import FieldError
from shared.figures.claims import Concept, key_of
from shared.figures.dates import Period, parse_period
from shared.figures.selectors import Selector
from shared.ledger.convention_facts import selector_of
from shared.ledger.facts import FactFault, FactRow, check_fact
from shared.ledger.json_values import list_of, text_of, whole_number

MOST_FACTS = 10_000
CONCEPTS = frozenset(concept.value for concept in Concept)
PERIOD = re.compile("[0-9]{4}(?:-[0-9]{4})?")
OKTMO = re.compile("[0-9]{8}(?:[0-9]{3})?")
GRADE = re.compile("[1-9]|1[01]")
INDICATOR = re.compile(r"total|[IVX]+(?:\.[0-9]+)*|[0-9]+(?:\.[0-9]+)+|.*\..*")
"""What the codes of periods, territories, grades and indicators look like."""


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
        if isinstance(given, dict) and ONE_ENTRY.get(name, frozenset()) & given.keys():
            given = [given]
        for pointer, entry in _entries(f"/{name}", given):
            try:
                row = reader(entry)
                check_fact(row)
            except (FactFault, KeyError, StopIteration, TypeError, ValueError) as error:
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
    """Yield the entries of a member: of a list as they are, of an object by its names.

    A list of codes is one entry; a list inside a list has its position for a name.
    """
    if given is None:
        return
    if isinstance(given, list) and not any(isinstance(entry, dict | list) for entry in given):
        yield pointer, {"members": given}
    elif isinstance(given, list):
        for i, entry in enumerate(given):
            named = {"code": str(i + 1), "members": entry}
            yield f"{pointer}/{i}", entry if isinstance(entry, dict) else named
    elif isinstance(given, dict):
        for name, value in given.items():
            yield from _named(f"{pointer}/{name}", name, value)
    else:
        yield pointer, {"members": given}


def _named(pointer: str, name: str, value: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield what an object holds under a name: an entry, or one for each period it is given for."""
    if not isinstance(value, dict):
        yield pointer, {"code": name, "members": value}
    elif value and all(map(PERIOD.fullmatch, value)):
        for period, inner in value.items():
            yield f"{pointer}/{period}", {"code": name, "period": period, "members": inner}
    else:
        yield pointer, {"code": name, **value}


def _group(entry: Mapping[str, object]) -> FactRow:
    return FactRow("group", _code(entry, "group"), members=_members(entry))


def _expected(entry: Mapping[str, object]) -> FactRow:
    """Read a list of codes; `key` may name the part of the key itself, the codes' kind else."""
    members = _members(entry)
    named = entry["key"] if isinstance(entry.get("key"), str) else _code(entry, "")
    axis = AXES.get(str(named), str(named))
    listed = next((AXES[name] for name in _lists(entry) if name in AXES), "")
    concept = axis if axis in CONCEPTS else None
    guessed = axis_of(members)
    if not axis or concept or axis.isdecimal() or guessed == "territory":
        axis = listed or guessed
    own = {} if isinstance(entry.get("key"), str) else dict(_key(entry))
    beside = {name: part for name, part in _beside(entry).items() if name != axis}
    return FactRow("expected", axis, _concept(entry) or concept, key_of(beside | own), members)


def _tree(entry: Mapping[str, object]) -> FactRow:
    """Read a node, its children, the method and the weights, by code or in order."""
    concept = _concept(entry) or "index"
    members = _members(entry)
    given = entry.get("weights") or {}
    weights = given if isinstance(given, dict) else dict(zip(members, list_of(given), strict=True))
    default = "weighted" if weights else ""
    method = text_of(entry["method"]) if entry.get("method") is not None else default
    value = " ".join([method, *(f"{code}={text_of(w)}" for code, w in weights.items())]).strip()
    return FactRow("tree", _code(entry), concept, _key(entry), members, value)


def _relation(entry: Mapping[str, object]) -> FactRow:
    parts = {
        name: entry[name] for name in ("left", "op", "right", "join", "missing") if name in entry
    }
    return FactRow("relation", _code(entry), value=json.dumps(parts, ensure_ascii=False))


def _selected(entry: Mapping[str, object], *own: str) -> tuple[str | None, Selector]:
    """Return the concept and selector of an entry: in `select`, or next to its own members."""
    given = entry.get("select")
    rest = {name: value for name, value in entry.items() if name not in (*own, "select")}
    selector = selector_of(rest if given is None else given)
    return None if selector.concept is None else selector.concept.value, selector


def _ranking(entry: Mapping[str, object]) -> FactRow:
    names = ("value", "method", "ranking", "convention", "members")
    value = next(text_of(entry[name]) for name in names if entry.get(name) is not None)
    rest = {name: part for name, part in entry.items() if name not in (*names, "code", "source")}
    code = entry.get("code")
    if code is not None:
        rest["period" if PERIOD.fullmatch(text_of(code)) else "programme"] = code
    concept, selector = _selected(rest)
    return FactRow("ranking", "", concept, selector.key, (), value, any_of=selector.any_of)


def _whole(entry: Mapping[str, object]) -> FactRow:
    """Read parts along an axis; a territory next to it names the whole, not the parts."""
    axis = text_of(entry["axis"]) if "axis" in entry else _code(entry)
    selector = selector_of(entry.get("of") or {}, axis)
    members = entry.get("members")
    value = "complete" if entry.get("complete", True) else "partial"
    concept = None if selector.concept is None else selector.concept.value
    listed = () if members is None else tuple(text_of(code) for code in list_of(members))
    return FactRow("whole", axis, concept, selector.key, listed, value, any_of=selector.any_of)


def _share_of(entry: Mapping[str, object]) -> FactRow:
    """Read which shares, of which whole and part; shares have the concept `share` by default."""
    own = {name: entry.get(name) for name in ("of", "part", "join") if entry.get(name) is not None}
    rest = {name: value for name, value in entry.items() if name not in ("of", "part", "join")}
    share = rest.get("share", {k: v for k, v in rest.items() if k not in ("code", "source")})
    selector = selector_of(share)
    concept = "share" if selector.concept is None else selector.concept.value
    value = json.dumps(own, ensure_ascii=False)
    return FactRow("share_of", "", concept, selector.key, (), value, any_of=selector.any_of)


def _domain(entry: Mapping[str, object]) -> FactRow:
    row = _scale(entry)
    return replace(row, fact="domain")


def _denial(entry: Mapping[str, object]) -> FactRow:
    """Read a denied rule: `{"rule", "select"}`, or the rule's name over a selector."""
    rule = text_of(entry["rule"]) if "rule" in entry else _code(entry)
    members = entry.get("members")
    rest = {k: v for k, v in entry.items() if k not in ("rule", "code", "members", "selector")}
    given = entry.get("selector", members if isinstance(members, dict) else None)
    concept, selector = _selected(rest if given is None else {"select": given})
    return FactRow("not", rule, concept, selector.key, any_of=selector.any_of)


def _score_share(entry: Mapping[str, object]) -> FactRow:
    concept, selector = _selected(entry, "code", "source", "members")
    return FactRow("score_share", "", concept, selector.key, any_of=selector.any_of)


def _benchmark(entry: Mapping[str, object]) -> FactRow:
    """Read a national value; it may be written as a claim of the nation is, or by its name."""
    value = next(entry[name] for name in ("value", "raw", "members") if name in entry)
    value = value.get("raw", value.get("value")) if isinstance(value, dict) else value
    source = str(entry.get("source") or entry.get("document") or "")
    regional = {name: part for name, part in entry.items() if name != "territory"}
    key = key_of({**_beside(entry), **dict(_key(regional))})
    if not key and "code" in entry:
        code = _code(entry)
        key = key_of({axis_of((code,)): code})
    return FactRow("benchmark", "", _concept(entry), key, (), text_of(value), source)


def _peers(entry: Mapping[str, object]) -> FactRow:
    named = entry.get("code")
    key = {**_beside(entry), **dict(_key(entry))}
    if named is not None:
        key |= {"period" if PERIOD.fullmatch(text_of(named)) else "programme": text_of(named)}
    count = entry.get("count", entry.get("value", entry.get("members")))
    return FactRow("peers", key=key_of(key), value=text_of(count))


def _scale(entry: Mapping[str, object]) -> FactRow:
    concept = _concept(entry) or _code(entry, "index")
    ends = [entry.get(name) for name in ("from", "to", "step")]
    value = ";".join("" if end is None else text_of(end) for end in ends)
    return FactRow("scale", "", concept, _key(entry), (), value)


def _shared_maximum(entry: Mapping[str, object]) -> FactRow:
    """Read which cells share a maximum: by their key, or those of the subject the group is."""
    code = _code(entry, text_of(entry["subject"]) if "subject" in entry else None)
    key = key_of({**_beside(entry), **dict(_key(entry))}) or key_of({"subject": code})
    return FactRow("shared_maximum", code, _concept(entry), key)


def _window(entry: Mapping[str, object]) -> FactRow:
    """Read the first and last day of a window, named in any of the usual ways or in a list."""
    pairs = (("from", "to"), ("first", "last"), ("start", "end"))
    ends = next(([entry[a], entry[b]] for a, b in pairs if a in entry and b in entry), None)
    first, last = ends or _members(entry)
    days = (_day(first, 0), _day(last, 1))
    return FactRow("window", _code(entry), value=";".join(days))


def _day(value: object, end: int) -> str:
    """Return the first (0) or last (1) day of a printed date or month; other text as it is."""
    period = parse_period(text_of(value))
    if not isinstance(period, Period) or period.year is None:
        return text_of(value)
    return period.days(period.year)[end].isoformat()


def _row(entry: Mapping[str, object]) -> FactRow:
    return FactRow(
        text_of(entry["fact"]),
        _code(entry, ""),
        _concept(entry),
        _key(entry),
        _members(entry) if entry.get("members") is not None else (),
        "" if entry.get("value") is None else text_of(entry["value"]),
        "" if entry.get("source") is None else text_of(entry["source"]),
    )


def _assumption(entry: Mapping[str, object]) -> StatedAssumption:
    where = entry.get("locator")
    locator = where if isinstance(where, dict) else {}
    subject = entry.get("subject")
    return StatedAssumption(
        code=text_of(entry["code"]),
        default=text_of(entry["default"]),
        text=text_of(entry["text"]),
        subject=key_of(subject) if isinstance(subject, dict) else (),
        line=whole_number(locator.get("line")),
        cell=whole_number(locator.get("cell")),
        table=None if locator.get("table") is None else text_of(locator["table"]),
    )


def _beside(entry: Mapping[str, object]) -> dict[str, object]:
    """Return the usual parts of a key that are next to it instead of in it."""
    named = (name for name in AXES.values() if name != "territory")
    return {name: entry[name] for name in named if entry.get(name) is not None}


def _code(entry: Mapping[str, object], default: str | None = None) -> str:
    for name in ("code", "parent", "group", "axis", "name", "id"):
        if entry.get(name) is not None:
            return text_of(entry[name])
    if default is None:
        raise KeyError
    return default


def _concept(entry: Mapping[str, object]) -> str | None:
    return None if entry.get("concept") is None else text_of(entry["concept"])


def _key(entry: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the key, with a territory or scope that is next to it."""
    given = entry.get("key")
    if given is not None and not isinstance(given, dict):
        raise TypeError
    beside = {name: entry.get(name) for name in ("territory", "programme", "season", "year")}
    return key_of({**beside, **(given or {})})


def _members(entry: Mapping[str, object]) -> tuple[str, ...]:
    given = next(map(entry.get, _lists(entry)))
    if not isinstance(given, list):
        raise TypeError
    return tuple(text_of(member) for member in given)


def _lists(entry: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of the lists that may be an entry's members, the plainest names first."""
    usual = ("members", "territories", "children", "codes", "values", "items", *AXES)
    yield from (name for name in usual if isinstance(entry.get(name), list))


def axis_of(codes: Sequence[str]) -> str:
    """Return the part of a key that such codes fill: territories, grades, indicators, subjects."""
    forms = {"territory": OKTMO, "grade": GRADE, "indicator": INDICATOR}
    fitting = (name for name, form in forms.items() if all(map(form.fullmatch, codes)))
    return next(fitting, "subject")


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
    "shared_maximum": _shared_maximum,
    "windows": _window,
    "relations": _relation,
    "ranking": _ranking,
    "whole": _whole,
    "share_of": _share_of,
    "score_share": _score_share,
    "domain": _domain,
    "not": _denial,
    "facts": _row,
}
ONE_ENTRY: Mapping[str, frozenset[str]] = {
    "whole": frozenset({"axis", "of", "members"}),
    "share_of": frozenset({"of", "share"}),
    "relations": frozenset({"left"}),
    "ranking": frozenset({"value", "method", "ranking", "convention"}),
    "domain": frozenset({"from", "to"}),
    "not": frozenset({"rule"}),
    "score_share": frozenset({"concept", "key", "select"}),
}
"""Members that tell one entry from entries under names."""
MEMBERS = (*READERS, "assumptions")
"""What may come with the claims of a whole document."""
