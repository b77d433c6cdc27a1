"""How long a check of a document takes, by its size: seconds of processor, memory, the exponent.

Run `python -m benchmarks.claims`; it prints one row a layout and size, then the exponent of the
time between the two greatest sizes. The bound is 3 s and 300 MB for 20 000 claims.
"""

import math
import random
import resource
import sys
import time
from collections.abc import Callable
from fractions import Fraction

from shared.figures.checks import examine_document
from shared.figures.claims import Claim, Concept, Locator, ScopeKind, key_of
from shared.figures.document import Facts, Selector, SourceDocument

SIZES = (2_500, 5_000, 10_000, 20_000)
SECONDS, MEGABYTES = 3.0, 300


def make_claim(n: int, concept: Concept, raw: str, territory: str, **key: object) -> Claim:
    """Make the n-th claim of a document, on a line of its own."""
    kind, scope = ScopeKind.PROGRAMME, "bench"
    return Claim(kind, scope, territory, concept, key_of(key), raw, "bench", Locator(n, 1, "t"))


def ranking(size: int) -> SourceDocument:
    """Make one ranking: an index and a place of every territory."""
    claims = []
    for n in range(size // 2):
        territory = f"08{n + 1:09d}"
        about = {"indicator": "total", "period": "2024"}
        claims.append(make_claim(2 * n, Concept.INDEX, f"{n / 200:.3f}", territory, **about))
        claims.append(make_claim(2 * n + 1, Concept.PLACE, str(size // 2 - n), territory, **about))
    return SourceDocument("bench", tuple(claims), Facts(peers=((Selector(), size // 2),)))


def equal_numbers(size: int) -> SourceDocument:
    """Print one number everywhere under several concepts."""
    claims = [
        make_claim(n, Concept.COUNT, "5687", "08000000", subject="russian", of=f"column{n}")
        for n in range(size)
    ]
    return SourceDocument("bench", tuple(claims))


def wrong_order(size: int) -> SourceDocument:
    """Make a ranking whose places have nothing to do with its indices."""
    luck = random.Random(size)  # noqa: S311 -- no secret.
    document = ranking(size)
    places = [str(n + 1) for n in range(size // 2)]
    luck.shuffle(places)
    claims = [
        claim if n % 2 == 0 else make_claim(n, claim.concept, places[n // 2], claim.territory or "",
                                            **dict(claim.key))
        for n, claim in enumerate(document.claims)
    ]  # fmt: skip
    return SourceDocument("bench", tuple(claims), document.facts)


def tables(size: int) -> SourceDocument:
    """Make municipal tables: counts by grade with totals and shares, the last row wrong."""
    claims: list[Claim] = []
    for row in range(size // 8):
        counts = [7 * row % 90 + grade for grade in (9, 10, 11)]
        whole = sum(counts) + (row == size // 8 - 1)
        about = {"territory": f"08{row:09d}", "stage": "municipal", "subject": "physics"}
        for grade, count in zip((9, 10, 11), counts, strict=True):
            claims.append(_cell(len(claims), Concept.COUNT, str(count), grade=grade, **about))
            share = f"{float(Fraction(100 * count, whole or 1)):.1f}".replace(".", ",")
            claims.append(_cell(len(claims), Concept.SHARE, f"{share} %", grade=grade, **about))
        claims.append(_cell(len(claims), Concept.COUNT, str(whole), grade="total", **about))
        claims.append(_cell(len(claims), Concept.COUNT, str(whole), **about))
    facts = Facts(expected=((Selector(Concept.COUNT), "grade", ("9", "10", "11")),))
    return SourceDocument("bench", tuple(claims), facts)


def _cell(n: int, concept: Concept, raw: str, territory: str, **key: object) -> Claim:
    return make_claim(n, concept, raw, territory, **key)


LAYOUTS: dict[str, Callable[[int], SourceDocument]] = {
    "ranking": ranking,
    "equal numbers": equal_numbers,
    "wrong order": wrong_order,
    "tables": tables,
}


def main() -> int:
    """Measure every layout at every size; 1 if a bound is passed at the greatest."""
    late = False
    for name, make in LAYOUTS.items():
        spent = []
        for size in SIZES:
            document = make(size)
            begun = time.process_time()
            result = examine_document(document)
            spent.append(max(time.process_time() - begun, 1e-6))
            told = f"{len(document.claims):6d} claims {spent[-1]:6.2f} s"
            print(f"{name:14s} {told} {len(result.findings):5d} findings {result.failed}")
        exponent = math.log2(spent[-1] / spent[-2])
        print(f"{name:14s} exponent {exponent:.2f}")
        late = late or spent[-1] > SECONDS
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory {megabytes:.0f} MB")
    return int(late or megabytes > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
