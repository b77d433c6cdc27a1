import json
from typing import Any

from services.gateway.domain.findings import index_findings
from services.gateway.domain.passport import (
    Part,
    PassportInputs,
    Territory,
    UpstreamStatus,
    compose_passport,
    with_revision,
)

KHABAROVSK = Territory("08000000", "Хабаровский край")
RATINGS = Part(3, "2022-12-01T00:00:00Z", {"08000000": b'{"rum":{"2022":{"total":79.375}}}'})


def material(**changed: object) -> PassportInputs:
    usual = {
        "parts": {"ratings": RATINGS},
        "findings": index_findings([]),
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


def test_a_part_that_never_said_anything_of_a_territory_has_no_revision_there() -> None:
    content = compose_passport(Territory("08701000", "Хабаровск"), material())
    assert content["parts"]["ratings"] == {"revision": None, "source_time": None, "data": None}


def republished(data: bytes | None, revision: int = 4) -> Any:
    """The passport after the next publication of the ratings, over the one before it."""
    before = compose_passport(KHABAROVSK, material())["parts"]
    said = {} if data is None else {"08000000": data}
    parts = {"ratings": Part(revision, "2022-12-02T00:00:00Z", said)}
    return compose_passport(KHABAROVSK, material(parts=parts), before)["parts"]["ratings"]


def test_a_publication_about_others_leaves_the_part_its_revision_and_time() -> None:
    assert republished(RATINGS.territories["08000000"]) == {
        "revision": 3,
        "source_time": "2022-12-01T00:00:00Z",
        "data": {"rum": {"2022": {"total": 79.375}}},
    }


def test_spaces_and_escapes_of_the_sender_are_no_change() -> None:
    assert republished(b'{ "rum": {"2022": {"total": 79.375}}}')["revision"] == 3


def test_a_changed_figure_takes_the_revision_that_changed_it() -> None:
    changed = republished(b'{"rum":{"2022":{"total":80.0}}}')
    assert (changed["revision"], changed["source_time"]) == (4, "2022-12-02T00:00:00Z")


def test_an_integer_that_becomes_a_decimal_is_a_change_of_bytes() -> None:
    before = {"ratings": {"revision": 1, "source_time": None, "data": {"total": 79}}}
    parts = {"ratings": Part(2, None, {"08000000": b'{"total":79.0}'})}
    content = compose_passport(KHABAROVSK, material(parts=parts), before)
    assert content["parts"]["ratings"]["revision"] == 2


def test_withdrawn_data_are_null_as_of_the_revision_that_withdrew_them() -> None:
    assert republished(None) == {
        "revision": 4,
        "source_time": "2022-12-02T00:00:00Z",
        "data": None,
    }


def test_findings_about_others_leave_the_revisions_of_the_summary() -> None:
    own = {"id": "f1", "severity": "hazard", "status": "open", "subject": {"territory": "08000000"}}
    other = {**own, "id": "f2", "subject": {"territory": "05000000"}}
    first = material(findings=index_findings([own]))
    before = compose_passport(KHABAROVSK, first)["parts"]
    second = material(
        findings=index_findings([own, other]), findings_revisions={"ratings": 3, "training": None}
    )
    after = compose_passport(KHABAROVSK, second, before)["parts"]["findings"]
    assert after == before["findings"]
    assert after["revisions"] == {"ratings": 2, "training": None}
    resolved = material(findings=index_findings([other]), findings_revisions={"ratings": 4})
    after = compose_passport(KHABAROVSK, resolved, before)["parts"]["findings"]
    assert (after["counts"]["hazard"], after["revisions"]) == (0, {"ratings": 4})


def test_all_parts_of_a_silent_service_are_stale_since_its_last_answer() -> None:
    since = "2022-12-02T00:00:00+00:00"
    reach = UpstreamStatus(frozenset({"ratings"}), {"ratings": since})
    content = compose_passport(KHABAROVSK, material(reach=reach))
    assert content["stale"] == [
        {"part": "ratings", "since": since},
        {"part": "ege", "since": since},
        {"part": "effects", "since": since},
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
