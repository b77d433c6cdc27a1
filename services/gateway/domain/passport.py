"""The passport of a territory: every part with its own revision and source time, none mixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.domain.encoding import encode
from services.gateway.domain.findings import Finding, summarise
from shared.synthetic import is_synthetic_territory, synthetic_part

# Part of the passport → the service that publishes it, in the order of the answer.
PART_OWNERS = {
    "ratings": "ratings",
    "ege": "ratings",
    "olympiads": "olympiads",
    "training": "training",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a service last published of a part: data by OKTMO of the territories that have any."""

    revision: int | None
    source_time: str | None
    territories: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UpstreamStatus:
    """How the gateway stands with the services.

    `answered` are services that have answered at least once; `stale_since` gives for a service
    without successful contact for 15 minutes the instant of its last one (RFC 3339).
    """

    answered: frozenset[str]
    stale_since: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory as the passport names it."""

    oktmo: str
    title: str


@dataclass(frozen=True, slots=True)
class PassportInputs:
    """Everything passports are composed of: parts by name, ordered findings, reach."""

    parts: Mapping[str, Part]
    findings: Sequence[Finding]
    findings_revisions: Mapping[str, int | None]
    reach: UpstreamStatus


def compose_passport(territory: Territory, material: PassportInputs) -> dict[str, Any]:
    """Return the passport without its own revision, which is counted by whoever stores it.

    A part without data of the territory has `data: null`; a part whose service has never
    answered is null throughout and named in `unreachable`. Nothing here depends on the clock.
    """
    reach = material.reach
    made_up = is_synthetic_territory(territory.oktmo)
    sections: dict[str, Any] = {
        name: _section(
            material.parts.get(synthetic_part(name) if made_up else name), territory.oktmo
        )
        for name in PART_OWNERS
    }
    sections["findings"] = {
        **summarise(material.findings, territory.oktmo),
        "revisions": dict(sorted(material.findings_revisions.items())),
    }
    unreachable = [name for name, owner in PART_OWNERS.items() if owner not in reach.answered]
    stale = [
        {"part": name, "since": reach.stale_since[owner]}
        for name, owner in PART_OWNERS.items()
        if owner in reach.stale_since
    ]
    return {
        "territory": {"oktmo": territory.oktmo, "title": territory.title}
        | ({"synthetic": True} if made_up else {}),
        "parts": sections,
        "unreachable": unreachable,
        "stale": stale,
    }


def _section(part: Part | None, oktmo: str) -> dict[str, Any]:
    if part is None:
        return {"revision": None, "source_time": None, "data": None}
    return {
        "revision": part.revision,
        "source_time": part.source_time,
        "data": part.territories.get(oktmo),
    }


def with_revision(content: Mapping[str, Any], revision: int) -> bytes:
    """Canonical bytes of a composed passport with its own revision in second place."""
    return encode(
        {"territory": content["territory"], "revision": revision}
        | {key: value for key, value in content.items() if key != "territory"}
    )
