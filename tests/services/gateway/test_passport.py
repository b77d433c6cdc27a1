import json

from services.gateway.domain.findings import FindingsIndex
from services.gateway.domain.passport import (
    Part,
    PassportInputs,
    Territory,
    UpstreamStatus,
    compose_passport,
    with_revision,
)

KHABAROVSK = Territory("08000000", "Хабаровский край")
RATINGS = Part(3, "2022-12-01T00:00:00Z", {"08000000": {"rum": {"2022": {"total": 79.375}}}})


def material(**changed: object) -> PassportInputs:
    usual = {
        "parts": {"ratings": RATINGS},
        "findings": FindingsIndex(),
        "findings_revisions": {"training": None, "ratings": 2},
        "reach": UpstreamStatus(frozenset({"ratings"}), {}),
    }
    return PassportInputs(**{**usual, **changed})  # type: ignore[arg-type]  # a test's own short form.


def test_each_part_keeps_its_own_revision_and_time() -> None:
    content = compose_passport(KHABAROVSK, material())
    assert content["parts"]["ratings"] == {
        "revision": 3,
        "source_time": "2022-12-01T00:00:00Z",
        "data": {"rum": {"2022": {"total": 79.375}}},
    }


def test_parts_of_a_service_that_never_answered_are_unreachable_not_absent() -> None:
    content = compose_passport(KHABAROVSK, material())
    assert content["unreachable"] == ["olympiads", "training"]
    assert content["parts"]["training"] == {"revision": None, "source_time": None, "data": None}


def test_a_territory_without_data_has_parts_with_null_data() -> None:
    content = compose_passport(Territory("08701000", "Хабаровск"), material())
    assert content["parts"]["ratings"]["data"] is None
    assert content["parts"]["ratings"]["revision"] == 3


def test_both_parts_of_a_silent_service_are_stale_since_its_last_answer() -> None:
    since = "2022-12-02T00:00:00+00:00"
    reach = UpstreamStatus(frozenset({"ratings"}), {"ratings": since})
    content = compose_passport(KHABAROVSK, material(reach=reach))
    assert content["stale"] == [
        {"part": "ratings", "since": since},
        {"part": "ege", "since": since},
    ]


def test_the_same_material_gives_the_same_bytes() -> None:
    other = material(findings_revisions={"ratings": 2, "training": None})
    assert with_revision(compose_passport(KHABAROVSK, material()), 7) == with_revision(
        compose_passport(KHABAROVSK, other), 7
    )


def test_the_revision_stands_after_the_territory() -> None:
    body = with_revision(compose_passport(KHABAROVSK, material()), 7)
    assert list(json.loads(body)) == [
        "territory",
        "revision",
        "parts",
        "unreachable",
        "stale",
    ]
