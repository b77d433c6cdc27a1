"""Contradictions with one cause: the one whose repair settles the others speaks for them."""

from shared.figures.checks import examine_document
from shared.figures.claims import Claim
from shared.figures.document import Facts, Selector, SourceDocument
from shared.figures.rules.finding import Finding, Severity
from tests.shared.figures.claim_builders import claim

GROUP = ("05000000", "08000000", "10000000", "30000000", "44000000")
OUTSIDE = ("3", "12", "40", "41", "85")


def places(inside: tuple[str, ...]) -> tuple[Claim, ...]:
    return tuple(
        claim(concept, raw, territory=code, indicator="total", period="2022")
        for concept, column in (("place", OUTSIDE), ("group_place", inside))
        for code, raw in zip(GROUP, column, strict=True)
    )


def contradictions(*claims: Claim) -> list[Finding]:
    facts = Facts(groups={"g": frozenset(GROUP)}, peers=((Selector(), 85),))
    found = examine_document(SourceDocument("d", claims, facts)).findings
    return [f for f in found if f.severity is Severity.CONTRADICTION]


def test_the_sequence_speaks_for_the_place_that_follows_from_it() -> None:
    found = {f.rule: f for f in contradictions(*places(("1", "2", "2", "3", "4")))}
    assert set(found) == {"place_sequence", "place_bounds"}
    assert found["place_bounds"].shared_cause == found["place_sequence"].id
    assert found["place_sequence"].shared_cause is None
    assert found["place_bounds"].id in found["place_sequence"].related
    assert found["place_sequence"].id in found["place_bounds"].related


def test_contradictions_of_different_causes_speak_for_themselves() -> None:
    wrong = places(("1", "2", "3", "4", "4"))
    apart = claim("count", "-5", territory="08000000", of="schools")
    found = contradictions(*wrong, apart)
    assert [f.shared_cause for f in found if f.rule == "value_in_domain"] == [None]
    assert any(f.shared_cause is None for f in found if f.rule != "value_in_domain")


def test_whoever_speaks_for_another_speaks_for_itself() -> None:
    found = {f.id: f for f in contradictions(*places(("2", "1", "3", "4", "4")))}
    leaders = {f.shared_cause for f in found.values()} - {None}
    assert all(found[leader].shared_cause is None for leader in leaders if leader)
    assert all(f.shared_cause in {None, *f.related} for f in found.values())
