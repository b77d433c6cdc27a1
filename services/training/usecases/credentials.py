"""Certificates signed as credentials that anyone can verify."""

import calendar
from collections.abc import Mapping
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey, KeyParameters
from sqlalchemy.ext.asyncio import AsyncSession

from services.region import home_region
from services.training.domain.credentials import (
    Issuer,
    credential,
    revocation_list,
    token_claims,
)
from services.training.errors import RecordUnknown
from services.training.settings import Settings
from services.training.store import certificates
from shared.limit_errors import RequestTooLarge
from shared.row_access import whole_region
from shared.secret_key import derived_key

IDS, SIGNING = "training:credential-ids", "training:credential-signing"
ORDER = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)
"""The number of points of the curve P-256: private keys are below it."""
MOST_REVOKED = 50_000
JsonObject = dict[str, object]


def issuer_of(settings: Settings) -> Issuer:
    """Return who signs, by the settings."""
    address = settings.public_url or settings.gateway_url
    return Issuer(address.rstrip("/"), home_region().region_title)


def public_key(settings: Settings) -> JsonObject:
    """Return the JWK that credentials are verified with."""
    return dict(_key(settings).as_dict(private=False))


async def issue(session: AsyncSession, settings: Settings, event: str, holder: str) -> JsonObject:
    """Return the credential of a certificate and its JWT; `RECORD_UNKNOWN` without one."""
    one = await certificates.find(session, event, holder)
    if one is None:
        raise RecordUnknown(event)
    issuer = issuer_of(settings)
    found = credential(issuer, derived_key(settings, IDS), one)
    return {"credential": found, "jwt": _signed(settings, issuer, found, one.valid_on)}


async def revoked(session: AsyncSession, settings: Settings) -> JsonObject:
    """Return the revoked credentials of the region, the same for every caller.

    A list cut to the asker's territories would call a revoked credential good; ids name nobody.
    So would one cut to a number: more than 50,000 are refused as `TOO_LARGE`.
    """
    async with whole_region(session):
        withdrawn = await certificates.withdrawn(session, MOST_REVOKED + 1)
    if len(withdrawn) > MOST_REVOKED:
        raise RequestTooLarge(f"Отозвано больше {MOST_REVOKED} удостоверений: список не отдаётся.")
    return revocation_list(issuer_of(settings), derived_key(settings, IDS), withdrawn)


def _signed(settings: Settings, issuer: Issuer, found: Mapping[str, object], valid_on: date) -> str:
    header = {"alg": "ES256", "typ": "JWT", "kid": issuer.key}
    claims = token_claims(issuer, found, calendar.timegm(valid_on.timetuple()))
    return jwt.encode(header, claims, _key(settings))


def _key(settings: Settings) -> ECKey:
    """Return the key pair of credentials: the same in every process, its own purpose alone."""
    number = int.from_bytes(derived_key(settings, SIGNING)) % (ORDER - 1) + 1
    parameters: KeyParameters = {"kid": issuer_of(settings).key, "use": "sig", "alg": "ES256"}
    return ECKey.import_key(ec.derive_private_key(number, ec.SECP256R1()), parameters)
