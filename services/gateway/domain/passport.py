"""The passport of a territory: every part with its own revision and source time, none mixed.

The revision and the source time of a part are those of the publication that last changed what the
part says of this territory: a publication about others leaves the passport as it is.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.gateway.domain.encoding import encode
from services.gateway.domain.findings import FindingIndex
from shared.synthetic import is_synthetic_territory

# Part of the passport → the service that publishes it, in the order of the answer.
PART_OWNERS = {
    "ratings": "ratings",
    "ege": "ratings",
    "effects": "ratings",
    "olympiads": "olympiads",
    "training": "training",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a service last published of a part: JSON by OKTMO of the territories that have any."""

    revision: int | None
    source_time: str | None
    territories: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class UpstreamStatus:
    """What the gateway knows of the services.

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
    """Everything passports are composed of: parts by name, findings, how the services answer."""

    parts: Mapping[str, Part] = field(default_factory=dict)
    findings: FindingIndex = field(default_factory=FindingIndex)
    findings_revisions: Mapping[str, int | None] = field(default_factory=dict)
    reach: UpstreamStatus = field(default_factory=lambda: UpstreamStatus(frozenset(), {}))

    def mention(self, oktmo: str) -> bool:
        """Tell whether any part or finding says something of the territory."""
        return self.findings.mention(oktmo) or any(
            oktmo in part.territories for part in self.parts.values()
        )


def compose_passport(
    territory: Territory, inputs: PassportInputs, previous: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the passport without its own revision, which is counted by whoever stores it.

    `previous` are the parts of the stored passport: a part that says the same has the revision it
    had. A part without data of the territory has `data: null`; one that never had any is null
    throughout. Nothing here depends on the clock.
    """
    before = previous or {}
    sections: dict[str, Any] = {
        name: _section(inputs.parts.get(name), territory.oktmo, before.get(name) or NO_DATA)
        for name in PART_OWNERS
    }
    sections["findings"] = _findings(inputs, territory.oktmo, before.get("findings"))
    return {
        "territory": {"oktmo": territory.oktmo, "title": territory.title}
        | ({"synthetic": True} if is_synthetic_territory(territory.oktmo) else {}),
        "parts": sections,
        **_reach(inputs.reach),
    }


NO_DATA: Mapping[str, Any] = {"revision": None, "source_time": None, "data": None}


def _section(part: Part | None, oktmo: str, before: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part: `before` itself if that says the same."""
    if part is None:
        return NO_DATA
    encoded = part.territories.get(oktmo)
    data = None if encoded is None else msgspec.json.decode(encoded)
    if encode({"data": data}) == encode({"data": before["data"]}):
        return before
    return {"revision": part.revision, "source_time": part.source_time, "data": data}


def _findings(
    inputs: PassportInputs, oktmo: str, before: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    summary = inputs.findings.summarise(oktmo)
    revisions = dict.fromkeys(sorted(inputs.findings_revisions))
    section = {**summary, "revisions": revisions}
    if before is None and not inputs.findings.mention(oktmo):
        return section
    if before is not None and encode({**section, "revisions": before["revisions"]}) == encode(
        before
    ):
        return before
    return {**summary, "revisions": dict(sorted(inputs.findings_revisions.items()))}


def _reach(reach: UpstreamStatus) -> dict[str, Any]:
    return {
        "unreachable": [name for name, owner in PART_OWNERS.items() if owner not in reach.answered],
        "stale": [
            {"part": name, "since": reach.stale_since[owner]}
            for name, owner in PART_OWNERS.items()
            if owner in reach.stale_since
        ],
    }


def versions_of(territories: Iterable[Territory], inputs: PassportInputs) -> dict[str, str]:
    """Return for each territory a digest of what its passport says, revisions left out."""
    reach = encode(_reach(inputs.reach))
    return {one.oktmo: _version(one, inputs, reach) for one in territories}


def _version(territory: Territory, inputs: PassportInputs, reach: bytes) -> str:
    digest = hashlib.sha256(reach)
    digest.update(encode({"oktmo": territory.oktmo, "title": territory.title}))
    for name in PART_OWNERS:
        part = inputs.parts.get(name)
        digest.update(b"\0" + name.encode())
        digest.update(b"" if part is None else part.territories.get(territory.oktmo, b""))
    if inputs.findings.mention(territory.oktmo):
        digest.update(encode(inputs.findings.summarise(territory.oktmo)))
    return digest.hexdigest()


def with_revision(content: Mapping[str, Any], revision: int) -> bytes:
    """Canonical bytes of a composed passport with its own revision in second place."""
    return encode(
        {"territory": content["territory"], "revision": revision}
        | {key: value for key, value in content.items() if key != "territory"}
    )
