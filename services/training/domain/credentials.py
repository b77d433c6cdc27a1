"""Certificates as Open Badges 3.0 credentials: who issues, for what, to an opaque holder."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
CERTIFICATES = "/v1/training/certificates"
JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: the address people reach the system at, and the name of the region."""

    url: str
    title: str

    @property
    def key(self) -> str:
        """Return the address of the public key."""
        return f"{self.url}{CERTIFICATES}/key"

    @property
    def revocations(self) -> str:
        """Return the address of the list of revoked credentials."""
        return f"{self.url}{CERTIFICATES}/revocations"


@dataclass(frozen=True, slots=True)
class Achievement:
    """A completed course; `known_on` is the day the certificate was registered."""

    event: str
    holder: str
    number: str
    programme: str
    hours: int | None
    completed_on: date | None
    known_on: date

    @property
    def valid_on(self) -> date:
        """Return the day of completion, else the day of registration."""
        return self.completed_on or self.known_on


def credential_id(key: bytes, event: str, holder: str, number: str) -> str:
    """Return the id of a certificate's credential; nobody without the key can guess it."""
    name = f"{event}\n{holder}\n{number}".encode()
    return UUID(bytes=hmac.digest(key, name, "sha256")[:16], version=5).urn


def credential(issuer: Issuer, key: bytes, one: Achievement) -> JsonObject:
    """Return the credential of a certificate.

    The holder is the salted hash of their reference (`IdentityObject`): who knows the reference
    can check it, nobody can read it. Valid from the day of completion, where that is not known
    from the day it was registered.
    """
    own = credential_id(key, one.event, one.holder, one.number)
    digest = hashlib.sha256((one.holder + own).encode()).hexdigest()
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "identityType": "systemId",
        "salt": own,
    }
    return {
        "@context": list(CONTEXTS),
        "id": own,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": one.programme,
        "issuer": {"id": issuer.url, "type": ["Profile"], "name": issuer.title},
        "validFrom": f"{one.valid_on.isoformat()}T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [identity],
            "achievement": _achievement(key, one),
        },
        "credentialStatus": {"id": issuer.revocations, "type": "1EdTechRevocationList"},
    }


def _achievement(key: bytes, one: Achievement) -> JsonObject:
    hours = "" if one.hours is None else f", {one.hours} ч"
    narrative = f"Курсы повышения квалификации завершены, удостоверение № {one.number}{hours}."
    return {
        "id": credential_id(key, one.event, "", ""),
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": one.programme,
        "description": f"Повышение квалификации: {one.programme}.",
        "criteria": {"narrative": narrative},
    }


def revocation_list(
    issuer: Issuer, key: bytes, withdrawn: Sequence[tuple[str, str, str]]
) -> JsonObject:
    """Return the list of credentials whose certificate no longer is in the register, by id."""
    ids = sorted(credential_id(key, *one) for one in withdrawn)
    return {
        "id": issuer.revocations,
        "issuer": issuer.url,
        "revokedCredential": [{"id": own, "revoked": True} for own in ids],
    }


def token_claims(issuer: Issuer, found: Mapping[str, object], valid_from: int) -> JsonObject:
    """Return the claims of the credential's JWT: the credential and its registered names."""
    return {
        **found,
        "iss": issuer.url,
        "jti": found["id"],
        "sub": found["id"],
        "nbf": valid_from,
    }
