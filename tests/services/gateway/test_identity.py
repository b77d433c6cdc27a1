import asyncio
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import text

from services.gateway.store import signing_keys
from services.gateway.tokens.issue import ASSERTION_TYPE
from shared.secret_key import Sealer
from tests.services.gateway.conftest import House
from tests.shared.invalid_tokens import INVALID_TOKENS, NESTED, Asked, assert_refused
from tests.shared.keys import make_key, public

ADMIN = "/v1/admin/clients"
GRANT = {"grant_type": "client_credentials"}


async def signing(house: House) -> tuple[ECKey, dict[str, Any]]:
    """Return the gateway's own key and the claims of a good admin's token."""
    async with house.db.transaction() as session:
        kid, private = await signing_keys.live_key(session, Sealer(house.settings))
    present = int(time.time())
    claims = {
        "iss": "kachestvo",
        "aud": "kachestvo",
        "sub": "demo",
        "scope": "admin",
        "iat": present,
        "nbf": present,
        "exp": present + 300,
    }
    return ECKey.import_key({**private, "kid": kid}), claims


def encoded(key: Any, claims: dict[str, Any], **header: Any) -> str:
    fields = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt", **header}
    return jwt.encode(fields, claims, key, algorithms=[fields["alg"]])


async def test_forged_identities_are_refused(house: House) -> None:
    key, _ = await signing(house)
    asked = Asked(key, "admin")
    accepted = await house.http.get(ADMIN, headers={"authorization": asked.good()})
    assert accepted.status_code == 200
    for invalid in INVALID_TOKENS:
        field = invalid.field(asked)
        headers = {} if field is None else {"authorization": field}
        answer = await house.http.get(ADMIN, headers=headers)
        assert_refused(answer, invalid, "admin")


async def test_a_forged_token_is_refused_on_open_documents_too(house: House) -> None:
    answer = await house.http.get("/v1/findings", headers={"authorization": "Bearer a.b.c"})
    assert answer.status_code == 401


async def test_internal_rights_are_never_given_to_a_client(house: House) -> None:
    key, claims = await signing(house)
    token = encoded(key, {**claims, "scope": "internal:read admin"})
    answer = await house.http.get(
        "/internal/revocations", headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 403


async def test_revoking_a_client_ends_tokens_within_their_life(house: House) -> None:
    admin = await house.bearer("admin")
    made = await house.http.post(
        ADMIN, json={"title": "Портал", "scopes": ["ratings:read", "admin"]}, headers=admin
    )
    client = made.json()
    answer = await house.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["client_secret"]),
    )
    victim = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await house.http.get(ADMIN, headers=victim)).status_code == 200
    revoked = await house.http.post(f"{ADMIN}/{client['id']}/revoke-tokens", headers=admin)
    assert revoked.status_code == 200
    ends = time.monotonic() + 5
    while (await house.http.get(ADMIN, headers=victim)).status_code != 401:
        assert time.monotonic() < ends
    assert (await house.http.get(ADMIN, headers=admin)).status_code == 200


async def test_rotated_keys_are_believed_until_their_tokens_end(house: House) -> None:
    before = await house.bearer("admin")
    rotated = await house.http.post("/v1/admin/keys/rotate", headers=before)
    assert rotated.status_code == 200
    kids = [key["kid"] for key in (await house.http.get("/.well-known/jwks.json")).json()["keys"]]
    assert len(kids) == 2
    async with house.db.transaction() as session:
        signing_kid, _ = await signing_keys.live_key(session, Sealer(house.settings))
        assert signing_kid == kids[1]
        statement = text("UPDATE signing_key SET created_at = created_at - interval '11 seconds'")
        await session.execute(statement)
        assert (await signing_keys.live_key(session, Sealer(house.settings)))[0] == kids[0]
        await session.execute(
            text("UPDATE signing_key SET retired_at = now() WHERE kid = :old"), {"old": kids[1]}
        )
        await signing_keys.destroy_retired(session)
    await asyncio.sleep(5.1)
    after = await house.bearer("admin")
    for bearer in (before, after):
        assert (await house.http.get(ADMIN, headers=bearer)).status_code == 200


async def test_private_key_jwt_proves_a_client_once(house: House) -> None:
    key = make_key("client-key")
    admin = await house.bearer("admin")
    body = {"title": "С ключом", "scopes": ["ratings:read"], "jwks": public(key)}
    made = (await house.http.post(ADMIN, json=body, headers=admin)).json()
    assert made["client_secret"] is None
    present = int(time.time())
    claims = {
        "iss": made["id"],
        "sub": made["id"],
        "aud": house.url + "/oauth/token",
        "jti": "once",
        "iat": present,
        "exp": present + 60,
    }
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": encoded(key, claims),
    }
    first = await house.http.post("/oauth/token", data=form)
    assert first.status_code == 200, first.text
    assert first.json()["scope"] == "ratings:read"
    replayed = await house.http.post("/oauth/token", data=form)
    assert (replayed.status_code, replayed.json()["error"]) == (401, "invalid_client")
    for wrong in (
        {"aud": "other"},
        {"exp": present - 60},
        {"sub": "demo"},
        {"exp": present + 9000},
    ):
        forged = encoded(key, {**claims, "jti": str(wrong), **wrong})
        answer = await house.http.post("/oauth/token", data={**form, "client_assertion": forged})
        assert answer.status_code == 401, wrong


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "root"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "client_id": "demo"}, 401, "invalid_client"),
        ({}, 400, "invalid_request"),
        ({**GRANT, "client_id": "\x00", "client_secret": "\x00"}, 401, "invalid_client"),
        (
            {**GRANT, "client_assertion_type": ASSERTION_TYPE, "client_assertion": NESTED},
            401,
            "invalid_client",
        ),
    ],
)
async def test_refusals_of_the_token_endpoint_are_told_both_ways(
    house: House, form: dict[str, str], status: int, error: str
) -> None:
    pair = (house.demo["client_id"], house.demo["client_secret"])
    proof = {} if "client_id" in form else {"client_id": pair[0], "client_secret": pair[1]}
    answer = await house.http.post("/oauth/token", data={**form, **proof})
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error"] == error
    assert answer.json()["code"] == error.upper()


async def test_a_token_is_kept_by_no_cache_on_its_way(house: House) -> None:
    answer = await house.http.post(
        "/oauth/token", data=GRANT, auth=(house.demo["client_id"], house.demo["client_secret"])
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


async def test_one_registration_survives_fifty_identical_requests(house: House) -> None:
    admin = {**await house.bearer("admin"), "idempotency-key": "once"}
    body = {"title": "Один", "scopes": ["ratings:read"]}
    answers = await asyncio.gather(
        *(house.http.post(ADMIN, json=body, headers=admin) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    listed = (await house.http.get(ADMIN, headers=admin)).json()["items"]
    assert sum(one["title"] == "Один" for one in listed) == 1
    other = await house.http.post(ADMIN, json={**body, "title": "Другой"}, headers=admin)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_MISMATCH")
