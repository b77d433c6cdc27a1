"""What a client is bound to, and what of it is kept and shown again."""

import json
import time
from typing import Any

import pytest
from joserfc import jws
from sqlalchemy import text

from services.gateway.store import signing_keys
from services.gateway.webhooks.signing import open_secrets
from shared.secret_key import SealBroken, Sealer
from tests.services.gateway.conftest import House
from tests.services.gateway.test_identity import ADMIN, encoded
from tests.shared.keys import make_key, public


async def client(house: House, **body: object) -> dict[str, Any]:
    given = {"title": "Район", "scopes": ["training:read"], "territories": ["08624000"], **body}
    answer = await house.http.post(ADMIN, json=given, headers=await house.bearer("admin"))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def bearer_of(house: House, made: dict[str, Any]) -> dict[str, str]:
    pair = made["id"], made["client_secret"]
    form = {"grant_type": "client_credentials"}
    token = (await house.http.post("/oauth/token", data=form, auth=pair)).json()["access_token"]
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("scopes", "territories", "status", "code"),
    [
        (["training:read"], None, 422, "TERRITORIES_REQUIRED"),
        (["olympiads:write"], None, 422, "TERRITORIES_REQUIRED"),
        (["ratings:read", "training:act_as"], None, 422, "TERRITORIES_REQUIRED"),
        (["ratings:read", "admin"], None, 201, None),
        (["training:read"], ["*"], 201, None),
        (["training:read"], [], 422, "INVALID"),
        (["training:read"], ["8624000"], 422, "INVALID"),
        (["training:read"], [f"{n:08}" for n in range(51)], 422, "INVALID"),
        (["training:read"], ["08624404101", "05000000"], 201, None),
    ],
)
async def test_a_client_with_rows_about_people_names_its_territories(
    quiet: House, scopes: list[str], territories: list[str] | None, status: int, code: str | None
) -> None:
    body = {"title": "Т", "scopes": scopes, "territories": territories}
    answer = await quiet.http.post(ADMIN, json=body, headers=await quiet.bearer("admin"))
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    if status == 201:
        assert answer.json()["territories"] == sorted(territories or [])


async def test_a_caller_is_told_what_its_token_allows(quiet: House) -> None:
    made = await client(quiet)
    own = await bearer_of(quiet, made)
    me = (await quiet.http.get("/v1/clients/me", headers=own)).json()
    assert (me["id"], me["title"], me["actor"]) == (made["id"], "Район", None)
    assert (me["scopes"], me["territories"]) == (["training:read"], ["08624000"])
    assert me["quota"]["tokens_per_minute"] == quiet.settings.tokens_per_minute
    assert (await quiet.http.get("/v1/clients/me")).status_code == 401
    claims = json.loads(jws.extract_compact(own["authorization"][7:].encode()).payload)
    assert claims["territories"] == ["08624000"]


async def test_other_territories_end_the_tokens_of_before(quiet: House) -> None:
    made = await client(quiet)
    own = await bearer_of(quiet, made)
    admin = await quiet.bearer("admin")
    path = f"{ADMIN}/{made['id']}"
    tagged = {**admin, "if-match": (await quiet.http.get(path, headers=admin)).headers["etag"]}
    moved = await quiet.http.patch(path, json={"territories": ["05000000"]}, headers=tagged)
    assert moved.json()["territories"] == ["05000000"]
    assert moved.json()["tokens_revoked_at"] is not None
    ends = time.monotonic() + 5
    while (await quiet.http.get("/v1/clients/me", headers=own)).status_code != 401:
        assert time.monotonic() < ends


async def test_a_replayed_creation_shows_no_secret_and_none_is_stored(quiet: House) -> None:
    headers = {**await quiet.bearer("admin"), "idempotency-key": "one"}
    made = {}
    for path, body, member in (
        (ADMIN, {"title": "Т", "scopes": ["ratings:read"]}, "client_secret"),
        ("/v1/webhooks", {"url": "https://example.org/x", "types": []}, "secret"),
    ):
        first = await quiet.http.post(path, json=body, headers=headers)
        assert first.status_code == 201, first.text
        assert first.json()["secret_shown_at"] is None
        made[member] = first.json()[member]
        again = await quiet.http.post(path, json=body, headers=headers)
        assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
        assert again.json()[member] is None
        assert again.json()["secret_shown_at"] is not None
    async with quiet.db.reading() as session:
        bodies = list((await session.execute(text("SELECT body FROM idempotency"))).scalars())
    assert len(bodies) == 2
    assert not [one for one in bodies for secret in made.values() if secret.encode() in one]


async def test_secrets_and_private_keys_are_sealed_in_the_database(quiet: House) -> None:
    body = {"url": "https://example.org/x", "types": []}
    answer = await quiet.http.post("/v1/webhooks", json=body, headers=await quiet.bearer())
    secret, sealer = answer.json()["secret"], Sealer(quiet.settings)
    async with quiet.db.transaction() as session:
        webhook, kept = (await session.execute(text("SELECT id, secrets FROM webhook"))).one()
        stored = (await session.execute(text("SELECT private::text FROM signing_key"))).scalar_one()
        _, private = await signing_keys.live_key(session, sealer)
    assert secret not in json.dumps(kept)
    assert [one["secret"] for one in open_secrets(sealer, webhook, kept)] == [secret]
    assert private["d"] not in stored
    plain = quiet.settings.model_copy(update={"secret_key_file": None})
    with pytest.raises(SealBroken):
        open_secrets(Sealer(plain), webhook, kept)


async def test_a_lost_secret_key_ends_a_signing_key_and_the_next_one_signs(quiet: House) -> None:
    await quiet.token()
    sealer = Sealer(quiet.settings.model_copy(update={"secret_key_file": None}))
    async with quiet.db.transaction() as session:
        kid, _ = await signing_keys.live_key(session, Sealer(quiet.settings))
        again, private = await signing_keys.live_key(session, sealer)
    assert again != kid
    assert "d" in private


async def test_an_assertion_for_another_server_is_refused_whatever_host_is_named(
    quiet: House,
) -> None:
    key = make_key("client-key")
    made = await client(quiet, scopes=["ratings:read"], jwks=public(key))
    present = int(time.time())
    claims = {"iss": made["id"], "sub": made["id"], "iat": present, "exp": present + 60}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    for host in (None, "other-as.example"):
        told = {} if host is None else {"host": host}
        for server, status in ((quiet.url, 200), ("http://other-as.example", 401)):
            aud, jti = f"{server}/oauth/token", f"{server} {host}"
            signed = encoded(key, {**claims, "aud": aud, "jti": jti})
            answer = await quiet.http.post(
                "/oauth/token", data={**form, "client_assertion": signed}, headers=told
            )
            assert answer.status_code == status, (server, host)
        metadata = await quiet.http.get("/.well-known/oauth-authorization-server", headers=told)
        assert metadata.json()["token_endpoint"] == f"{quiet.url}/oauth/token"


async def test_a_made_up_cursor_is_refused_by_the_gateways_own_lists(house: House) -> None:
    admin = await house.bearer("admin")
    for path in ("/v1/documents", "/v1/webhooks", ADMIN):
        for cursor in ("zzzz", "MDgwMDAwMDA"):
            answer = await house.http.get(f"{path}?limit=1&cursor={cursor}", headers=admin)
            assert (answer.status_code, answer.json()["code"]) == (422, "CURSOR_FOREIGN"), path
