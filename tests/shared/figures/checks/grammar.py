"""Small random documents: every concept, odd keys, texts of every form, facts at random."""

import random
from collections.abc import Mapping

from shared.figures.claims import Claim, Concept, Locator, key_of
from shared.figures.document import Facts, SourceDocument
from shared.ledger.facts import facts_of
from shared.ledger.inline_facts import read_facts
from shared.ledger.layouts import scope_kind

NAMES = ("indicator", "subject", "grade", "part", "tier", "band", "period", "measure", "level",
         "group", "interval", "of", "window", "runs", "parent", "shared_maximum", "direction",
         "stage", "row", "base", "")  # fmt: skip
VALUES = ("total", "1", "1.1", "1.2", "2", "I", "I.1", "physics", "2023", "2024", "2023-2024",
          "growth", "min", "mean", "max", "0-40", "41-100", "g", "w", "a", "всего", "", "9",
          "january", "999999999999")  # fmt: skip
RAWS = ("", "-", "–", "0", "1", "12", "12,5", "100", "101 %", "-3", "1 006", "90 % 10 место",
        "28-39", "2,5", "12 из 85", "867 - 856", "около 300", "свыше 40", "1,2 тыс. чел.",
        "3 млн", "+15,4 п.п.", "112 %", "+12 %", "в 1,5 раза", "в 0 раз", "н/д", "…", "<5", "12*",
        "март", "30 февраля", "ноябрь-январь", "2024-01-01", "99999999999999999999999999999",
        "0,000000000000000001", "{}", "{0}", "%s", "½", "١٢", "x" * 250, "5 - 1", "0 - 0",
        "12,5 ставки", "16 ставок", "Математика 747", "IV",
        "1e9", "00", "0 %", "100 %")  # fmt: skip
TERRITORIES = (None, "ru", "02000000", "03000000", "02001001", "02001002", "02001003", "x")
SCOPES = ("proba", "2024", "2024-2025", "rum")
FACTS: tuple[Mapping[str, object], ...] = (
    {},
    {"groups": {"g": ["02000000", "03000000"]}, "peers": 2},
    {"trees": [{"code": "1", "children": ["1.1", "1.2"], "method": "weighted"}], "peers": 10**6},
    {"trees": [{"code": "total", "children": ["1", "2"], "concept": "score", "method": "sum"}]},
    {"whole": {"axis": "part", "of": {}, "complete": False}, "ranking": "fractional"},
    {"whole": [{"axis": "territory", "of": {}}, {"axis": "grade", "of": {}}], "ranking": "dense"},
    {"share_of": {"of": {"concept": "count"}, "part": {"concept": "count", "key": {"part": "1"}}}},
    {"score_share": {"concept": "score"}, "domain": {"concept": "score", "from": 0, "step": 1}},
    {"scales": [{"concept": "index", "from": 0, "to": 100, "step": 1}, {"concept": "score"}]},
    {"relations": [{"code": "r", "left": [{"select": {"concept": "count"}}], "op": "<=",
                    "right": [{"coefficient": "0,5", "select": {"concept": "seats"}}],
                    "join": ["territory"], "missing": "refuse"}]},
    {"expected": {"grade": ["9", "10"]}, "shared_maxima": {"physics": {}}},
    {"not": {"rule": "share_sum", "concept": "share"},
     "windows": {"w": ["2024-01-01", "2024-05-31"]}},
    {"facts": [{"fact": "ratio", "code": "subject", "members": ["of=a"]},
               {"fact": "expectation", "code": "grade", "value": "nondecreasing"},
               {"fact": "benchmark", "value": "12,5"},
               {"fact": "registry", "code": "subject", "members": ["physics"]}]},
)  # fmt: skip


def random_document(seed: int) -> SourceDocument:
    """Return the document of a seed: up to fourteen claims, one to three kinds of facts."""
    luck = random.Random(seed)  # noqa: S311 -- no secret.
    scope = luck.choice(SCOPES)
    names = luck.sample(NAMES, luck.randrange(0, 4))
    claims = tuple(_claim(luck, n, scope, names) for n in range(luck.randrange(1, 15)))
    members: dict[str, object] = {}
    for given in luck.sample(FACTS, luck.randrange(1, 4)):
        members.update(given)
    rows, faults = read_facts(members)
    assert not faults, faults
    return SourceDocument("d", claims, facts_of(rows) if rows else Facts())


def _claim(luck: random.Random, n: int, scope: str, names: list[str]) -> Claim:
    kept = [name for name in names if luck.random() < 0.8]
    key = key_of({name: luck.choice(VALUES) for name in kept})
    concept = luck.choice(list(Concept))
    locator = Locator(luck.choice((None, n)), luck.choice((None, 1)), None)
    territory = luck.choice(TERRITORIES)
    where = scope if luck.random() < 0.9 else luck.choice(SCOPES)
    raw = luck.choice(RAWS)
    return Claim(scope_kind(where), where, territory, concept, key, raw, "d", locator)
