"""Certificates as Open Badges 3.0: signed, verified by another library, revoked."""

import base64
import hashlib
import json
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from services.training.api import certificates
from services.training.usecases import credentials
from tests.services.training.sending import course, send_rows, teacher

CERTIFICATES = "/v1/training/certificates"
NOBODY = {"authorization": ""}


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(token: str, jwk: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a token whose ES256 signature is right."""
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(unpadded(jwk["x"])), int.from_bytes(unpadded(jwk["y"])), ec.SECP256R1()
    )
    head, body, signature = token.split(".")
    pair = unpadded(signature)
    encoded = encode_dss_signature(int.from_bytes(pair[:32]), int.from_bytes(pair[32:]))
    numbers.public_key().verify(encoded, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return json.loads(unpadded(head)), json.loads(unpadded(body))


def completed(number: str, **changed: object) -> dict[str, object]:
    row = {"event": "kpk-1", "teacher": "t1", "state": "completed", "certificate": number}
    return row | {"completed_on": "2023-10-13"} | changed


@pytest.fixture
async def taught(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await send_rows(client, "teachers", [teacher("t1"), teacher("t2")])
    await send_rows(client, "events", [course("kpk-1", 20)])
    await send_rows(client, "attendance", [completed("27-1")])
    return client


async def issued(client: httpx.AsyncClient, holder: str = "t1") -> dict[str, Any]:
    answer = await client.get(f"{CERTIFICATES}/kpk-1/{holder}/credential")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def openly(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    """Read what anyone may, without a token."""
    request = client.build_request("GET", f"{CERTIFICATES}/{name}")
    del request.headers["authorization"]
    answer = await client.send(request)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_anyone_verifies_a_credential_by_the_public_key(taught: httpx.AsyncClient) -> None:
    found = await issued(taught)
    jwk = await openly(taught, "key")
    assert "d" not in jwk
    header, claims = verified(found["jwt"], jwk)
    own = found["credential"]
    assert (header["alg"], header["kid"]) == ("ES256", jwk["kid"])
    assert jwk["kid"].endswith(f"{CERTIFICATES}/key")
    assert {name: claims[name] for name in own} == own
    assert (claims["iss"], claims["jti"]) == (own["issuer"]["id"], own["id"])
    assert own["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert own["validFrom"] == "2023-10-13T00:00:00Z"
    head, body, signature = found["jwt"].split(".")
    forged = base64.urlsafe_b64encode(unpadded(body).replace(b"27-1", b"27-9"))
    with pytest.raises(InvalidSignature):
        verified(f"{head}.{forged.decode().rstrip('=')}.{signature}", jwk)


async def test_a_credential_names_its_holder_by_a_salted_hash_alone(
    taught: httpx.AsyncClient,
) -> None:
    await send_rows(taught, "attendance", [completed("27-2", teacher="t2", completed_on=None)])
    first, second = await issued(taught), await issued(taught, "t2")
    for found, holder in ((first, "t1"), (second, "t2")):
        (identity,) = found["credential"]["credentialSubject"]["identifier"]
        digest = hashlib.sha256((holder + identity["salt"]).encode()).hexdigest()
        assert identity["identityHash"] == f"sha256${digest}"
        assert f'"{holder}"' not in json.dumps(found)
    assert first["credential"]["id"] != second["credential"]["id"]
    assert second["credential"]["validFrom"] > "2024"


async def test_a_certificate_taken_back_is_revoked(taught: httpx.AsyncClient) -> None:
    own = (await issued(taught))["credential"]
    address = own["credentialStatus"]["id"]
    assert address.endswith(f"{CERTIFICATES}/revocations")
    listed = await openly(taught, "revocations")
    assert (listed["id"], listed["revokedCredential"]) == (address, [])
    await send_rows(taught, "attendance", [completed("27-1-corrected")])
    listed = await openly(taught, "revocations")
    assert listed["revokedCredential"] == [{"id": own["id"], "revoked": True}]
    assert (await issued(taught))["credential"]["id"] != own["id"]
    await send_rows(taught, "attendance", [completed("27-1")])
    again = await openly(taught, "revocations")
    assert own["id"] not in {one["id"] for one in again["revokedCredential"]}


async def test_no_list_of_certificates_is_cut_in_silence(
    taught: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send_rows(taught, "attendance", [completed("27-1-corrected")])
    monkeypatch.setattr(credentials, "MOST_REVOKED", 0)
    monkeypatch.setattr(certificates, "MOST_REGISTERED", 0)
    for name in ("revocations", "frdo"):
        answer = await taught.get(f"{CERTIFICATES}/{name}")
        assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


async def test_nobody_without_a_certificate_has_a_credential(taught: httpx.AsyncClient) -> None:
    answer = await taught.get(f"{CERTIFICATES}/kpk-1/t2/credential")
    assert (answer.status_code, answer.json()["code"]) == (404, "RECORD_UNKNOWN")
    refused = await taught.get(f"{CERTIFICATES}/kpk-1/t1/credential", headers=NOBODY)
    assert refused.status_code == 401
