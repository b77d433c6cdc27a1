"""Which of the gateway's own documents differ from the stored ones, and the ones that replace them.

The functions take encoded parts and are values in, values out: they run in a child process.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from services.gateway.domain.documents import SourceDocument
from services.gateway.domain.findings import (
    SERVICES,
    FindingIndex,
    Rank,
    Selection,
    checks_wire,
    index_findings,
    page,
    states_of,
)
from services.gateway.domain.passport import (
    Part,
    PassportInputs,
    Territory,
    UpstreamStatus,
    compose_passport,
    versions_of,
    with_revision,
)
from shared.synthetic import is_synthetic_territory

OWNER = "gateway"
_PREFIX, _SUFFIX = "/v1/territories/", "/passport"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Item = Mapping[str, Any]
# What the lists show unless the example is asked for too.
REAL = Selection(synthetic=False)


class EncodedPart(msgspec.Struct):
    """A part of the passports as a service sends it; what it says of a territory stays JSON."""

    revision: int | None = None
    source_time: str | None = None
    territories: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict)


class EncodedParts(msgspec.Struct):
    """The passport parts of one service."""

    parts: dict[str, EncodedPart] = msgspec.field(default_factory=dict)


class FindingsPart(msgspec.Struct):
    """The findings of one service and the states of its source documents."""

    revision: int | None = None
    items: list[dict[str, Any]] = msgspec.field(default_factory=list)
    documents: list[dict[str, Any]] = msgspec.field(default_factory=list)


class RegisterPart(msgspec.Struct):
    """The register of territories."""

    items: list[dict[str, Any]] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredParts:
    """Parts as bytes by name, and the stale services with the instants of their last contact."""

    contents: Mapping[str, bytes]
    stale_since: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be stored: versions of changed passports by OKTMO, and those no longer valid.

    `territories` and `findings` are the first pages with what the next page starts after,
    `checks` are those of all source documents, `source_time` is the latest instant of any part.
    """

    changed: Mapping[str, str]
    removed: Sequence[str]
    territories: tuple[Sequence[Item], str | None]
    findings: tuple[Sequence[Item], Rank | None]
    source_time: datetime
    checks: Sequence[Item] = ()


def passport_path(oktmo: str) -> str:
    """Return the path of a territory's passport."""
    return f"{_PREFIX}{oktmo}{_SUFFIX}"


def oktmo_of(path: str) -> str | None:
    """Return the territory of a passport's path, None for any other path."""
    if not (path.startswith(_PREFIX) and path.endswith(_SUFFIX)):
        return None
    return path[len(_PREFIX) : -len(_SUFFIX)]


def difference(
    stored: StoredParts, versions: Mapping[str, str], territory_limit: int, finding_limit: int
) -> Difference:
    """Compare what the parts say of each territory with the stored versions, by OKTMO.

    A territory nothing is said of has no stored passport unless it had one before.
    """
    register = read_register(stored.contents)
    inputs = read_inputs(stored)
    due = [
        one
        for one in territories_in(register)
        if one.oktmo in versions or inputs.mention(one.oktmo)
    ]
    changed = {
        oktmo: version
        for oktmo, version in versions_of(due, inputs).items()
        if versions.get(oktmo) != version
    }
    known = {item["oktmo"] for item in register}
    shown = [item for item in register if not is_synthetic_territory(item["oktmo"])]
    items = shown[:territory_limit]
    more = items[-1]["oktmo"] if len(shown) > territory_limit else None
    return Difference(
        changed=changed,
        removed=sorted(versions.keys() - known) if known else [],
        territories=(items, more),
        findings=page(inputs.findings, REAL, finding_limit, None),
        source_time=latest(part.source_time for part in inputs.parts.values()),
        checks=checks_wire(inputs.findings.documents, REAL),
    )


def compose(
    stored: StoredParts, changed: Mapping[str, str], previous: Mapping[str, SourceDocument]
) -> list[SourceDocument]:
    """Compose the changed passports over their previous ones, each with its next revision.

    One that turns out to say the same keeps its revision and time and takes the new version.
    """
    inputs = read_inputs(stored)
    titles = {item["oktmo"]: item["title"] for item in read_register(stored.contents)}
    return [
        _renewed(Territory(oktmo, titles[oktmo]), version, inputs, previous.get(oktmo))
        for oktmo, version in changed.items()
    ]


def _renewed(
    territory: Territory, version: str, inputs: PassportInputs, before: SourceDocument | None
) -> SourceDocument:
    parts = None if before is None else msgspec.json.decode(before.body)["parts"]
    content = compose_passport(territory, inputs, parts)
    revision, instant = 1, _source_time(content)
    if before is not None:
        revision, instant = next_revision(before, instant)
        if with_revision(content, before.revision or 0) == before.body:
            revision, instant = before.revision or 0, before.source_time
    body = with_revision(content, revision)
    return SourceDocument(passport_path(territory.oktmo), OWNER, version, revision, instant, body)


def next_revision(before: SourceDocument, instant: datetime) -> tuple[int, datetime]:
    """Return the number after the stored one, and an instant that is later than its own."""
    return (before.revision or 0) + 1, max(instant, before.source_time + timedelta(seconds=1))


def _source_time(content: Mapping[str, Any]) -> datetime:
    return latest(part.get("source_time") for part in content["parts"].values())


def latest(instants: Iterable[str | None]) -> datetime:
    """Return the latest instant in whole seconds; the epoch where there is none."""
    parsed = [datetime.fromisoformat(instant) for instant in instants if instant]
    return max(parsed, default=_EPOCH).replace(microsecond=0)


def read_inputs(stored: StoredParts) -> PassportInputs:
    """Decode what passports are composed of; what is said of each territory stays encoded."""
    parts: dict[str, Part] = {}
    for service in SERVICES:
        content = stored.contents.get(f"passport:{service}")
        encoded = EncodedParts() if content is None else decode_parts(content)
        for name, part in encoded.parts.items():
            territories = {oktmo: bytes(raw) for oktmo, raw in part.territories.items()}
            parts[name] = Part(part.revision, part.source_time, territories)
    findings = {service: _findings_part(stored.contents, service) for service in SERVICES}
    return PassportInputs(
        parts=parts,
        findings=findings_in(findings),
        findings_revisions={service: part.revision for service, part in findings.items()},
        reach=UpstreamStatus(answered_in(stored.contents), stored.stale_since),
    )


def decode_parts(content: bytes) -> EncodedParts:
    """Decode the passport parts of a service."""
    return msgspec.json.decode(content, type=EncodedParts)


def answered_in(names: Iterable[str]) -> frozenset[str]:
    """Return the services that have answered, by the names of the stored parts."""
    return frozenset(name.partition(":")[2] for name in names if name.startswith("passport:"))


def _findings_part(contents: Mapping[str, bytes], service: str) -> FindingsPart:
    content = contents.get(f"findings:{service}")
    return FindingsPart() if content is None else msgspec.json.decode(content, type=FindingsPart)


def findings_in(parts: Mapping[str, FindingsPart]) -> FindingIndex:
    """Return the findings of all services, indexed, each naming its service."""
    items = (
        {**item, "service": item.get("service", service)}
        for service, part in parts.items()
        for item in part.items
    )
    documents = [
        state for service, part in parts.items() for state in states_of(service, part.documents)
    ]
    return index_findings(items, documents)


def read_register(contents: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the registered territories by OKTMO; none before the register was answered."""
    content = contents.get("territories")
    if content is None:
        return []
    items = msgspec.json.decode(content, type=RegisterPart).items
    return sorted(items, key=lambda item: str(item["oktmo"]))


def territories_in(register: Iterable[Item]) -> list[Territory]:
    """Return the territories of the register as passports name them."""
    return [Territory(item["oktmo"], item["title"]) for item in register]
