import json
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.access_errors import ClocksDisagree
from shared.auth import KeyRing, Revocations, Verifier, internal_signer
from shared.errors import Unauthenticated, Unavailable
from shared.settings import Settings
from tests.shared.invalid_tokens import hs256, public_json, unsigned
from tests.shared.keys import ISSUER, claims, make_key, public, signed

KEY = make_key("2026-11")
STRANGER = make_key("2026-11")
NEXT = make_key("2026-12")


async def nobody_revoked(_subject: str, _issued: int) -> bool:
    return False


def settings(**given: object) -> Settings:
    fixed: dict[str, Any] = {
        "service": "ratings",
        "database_url": "postgresql://x",
        "redis_url": "redis://x",
    }
    return Settings(**{**fixed, **given})


def verifier(ring: KeyRing | None = None, **given: object) -> Verifier:
    keys = KeyRing()
    keys.replace(public(KEY))
    return Verifier(settings(**given), {ISSUER: ring or keys}, nobody_revoked)


async def test_a_good_token_gives_its_caller() -> None:
    caller = await verifier().verify(signed(KEY, actor="person-7"))
    assert caller.subject == "client-1"
    assert caller.scopes == {"ratings:write", "training:read"}
    assert caller.actor == "person-7"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("aaa.bbb.ccc", id="malformed"),
        pytest.param("a" * 10_000, id="endless"),
        pytest.param(unsigned(KEY), id="alg none"),
        pytest.param(hs256(KEY, public_json(KEY)), id="HS256 with the public key"),
        pytest.param(signed(STRANGER), id="wrong key under a known kid"),
        pytest.param(signed(NEXT), id="unknown kid"),
        pytest.param(signed(KEY)[:-4] + "AAAA", id="signature altered"),
        pytest.param(signed(KEY, iss="elsewhere"), id="unknown issuer"),
        pytest.param(signed(KEY, iss="svc:training"), id="service's name on a client's key"),
        pytest.param(signed(KEY, aud="another"), id="wrong audience"),
        pytest.param(signed(KEY, aud=None), id="no audience"),
        pytest.param(signed(KEY, exp=int(time.time()) - 60), id="expired"),
        pytest.param(signed(KEY, exp=None), id="never expires"),
        pytest.param(signed(KEY, nbf=int(time.time()) + 86_400), id="not yet valid"),
        pytest.param(signed(KEY, sub=None), id="nobody's"),
    ],
)
async def test_a_bad_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await verifier().verify(token)
    assert refused.value.code == "UNAUTHENTICATED"
    assert 'error="invalid_token"' in refused.value.headers["WWW-Authenticate"]


async def test_a_client_never_gets_the_scope_of_services() -> None:
    caller = await verifier().verify(signed(KEY, scope="internal:read ratings:read"))
    assert caller.scopes == {"ratings:read"}


async def test_an_expired_token_is_refused_though_it_was_cached() -> None:
    checked = verifier()
    token = signed(KEY, exp=int(time.time()) - 4)
    await checked.verify(token)
    checked._cache = {
        digest: type(caller)(caller.subject, caller.scopes, None, int(time.time()) - 60, 0)
        for digest, caller in checked._cache.items()
    }
    with pytest.raises(Unauthenticated):
        await checked.verify(token)


async def test_a_rotated_key_is_learnt_from_the_issuer() -> None:
    offered = public(KEY)

    async def fetch() -> dict[str, Any]:
        return offered

    ring = KeyRing(fetch=fetch)
    checked = verifier(ring)
    await checked.verify(signed(KEY))
    offered = public(KEY, NEXT)
    ring._asked -= 60
    assert (await checked.verify(signed(NEXT))).subject == "client-1"


async def test_a_silent_issuer_is_unavailable_not_a_refusal() -> None:
    async def silent() -> dict[str, Any]:
        raise Unavailable("SERVICE_UNAVAILABLE", "…")

    with pytest.raises(Unavailable):
        await verifier(KeyRing(fetch=silent)).verify(signed(KEY))


async def test_revocation_holds_within_the_life_of_a_token() -> None:
    issued = int(time.time()) - 30
    listed = {"items": [{"client_id": "client-1", "revoked_at": issued + 10}]}

    async def fetch() -> dict[str, Any]:
        return listed

    revocations = Revocations(fetch)
    keys = KeyRing()
    keys.replace(public(KEY))
    checked = Verifier(settings(), {ISSUER: keys}, revocations.revoked)
    with pytest.raises(Unauthenticated):
        await checked.verify(signed(KEY, iat=issued))
    assert (await checked.verify(signed(KEY, iat=issued + 20))).subject == "client-1"
    assert (await checked.verify(signed(KEY, sub="client-2", iat=issued))).subject == "client-2"


def write_service_key(folder: Path, name: str) -> ECKey:
    key = make_key(f"svc:{name}")
    (folder / f"{name}.json").write_text(json.dumps(key.as_dict(private=True)))
    return key


async def test_services_believe_each_other_by_their_own_keys(tmp_path: Path) -> None:
    training = write_service_key(tmp_path, "training")
    olympiads = write_service_key(tmp_path, "olympiads")
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(public(training, olympiads)))
    signer = internal_signer(
        settings(service="training", service_key_file=tmp_path / "training.json")
    )
    assert signer is not None
    checked = verifier(service_jwks_file=jwks)
    assert (await checked.verify(signer())).scopes == {"internal:read"}
    header = {"alg": "ES256", "kid": olympiads.kid, "typ": "at+jwt"}
    forged = jwt.encode(header, claims(iss="svc:training"), olympiads)
    with pytest.raises(Unauthenticated):
        await checked.verify(forged)


@pytest.mark.parametrize(
    ("issued", "expires", "seconds"),
    [(3600, 3900, 3600), (90, 390, 90), (-310, -10, 70), (-3900, -3600, 3660)],
    ids=["an hour ahead", "a minute and a half ahead", "expired just now", "an hour behind"],
)
async def test_clocks_that_differ_are_told_as_such(
    tmp_path: Path, issued: int, expires: int, seconds: int
) -> None:
    training = write_service_key(tmp_path, "training")
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(public(training)))
    checked, now = verifier(service_jwks_file=jwks), int(time.time())
    times = {"iat": now + issued, "nbf": None, "exp": now + expires}
    with pytest.raises(ClocksDisagree, match="training") as refused:
        await checked.verify(signed(training, iss="svc:training", sub="training", **times))
    (told,) = (int(word) for word in refused.value.detail.split() if word.isdigit())
    assert abs(told - seconds) <= 10


@pytest.mark.parametrize(("issued", "expires"), [(55, 355), (0, 300), (-299, 1)])
async def test_clocks_may_differ_by_less_than_a_minute(
    tmp_path: Path, issued: int, expires: int
) -> None:
    training = write_service_key(tmp_path, "training")
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(public(training)))
    now = int(time.time())
    times = {"iat": now + issued, "nbf": None, "exp": now + expires}
    token = signed(training, iss="svc:training", sub="training", **times)
    assert (await verifier(service_jwks_file=jwks).verify(token)).subject == "training"


async def test_a_services_key_grants_nothing_but_the_scope_of_services(tmp_path: Path) -> None:
    training = write_service_key(tmp_path, "training")
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(public(training)))
    checked = verifier(service_jwks_file=jwks)
    for scope in ("admin", "internal:read admin training:act_as", ""):
        token = signed(training, iss="svc:training", sub="training", scope=scope, actor="t-1")
        caller = await checked.verify(token)
        assert caller.scopes == set(scope.split()) & {"internal:read"}
        assert caller.actor is None


@pytest.mark.parametrize("kind", ["JWT", "logout+jwt", "jwt", "", None])
async def test_what_is_signed_for_another_use_is_no_access_token(kind: str | None) -> None:
    header = {"alg": "ES256", "kid": KEY.kid, "typ": kind}
    token = jwt.encode({k: v for k, v in header.items() if v is not None}, claims(), KEY)
    with pytest.raises(Unauthenticated):
        await verifier().verify(token)


async def test_both_written_forms_of_the_type_are_accepted() -> None:
    for kind in ("at+jwt", "application/at+jwt", "AT+JWT"):
        token = jwt.encode({"alg": "ES256", "kid": KEY.kid, "typ": kind}, claims(), KEY)
        assert (await verifier().verify(token)).subject == "client-1"


@pytest.mark.parametrize(
    ("claim", "codes"),
    [
        (["*"], {"*"}),
        (["08000000", "08701000"], {"08000000", "08701000"}),
        (None, set()),
        ("08000000", set()),
        (["0800000", "08000000;", 8000000, None], set()),
    ],
)
async def test_a_token_carries_the_territories_of_its_client(
    claim: object, codes: set[str]
) -> None:
    caller = await verifier().verify(signed(KEY, territories=claim))
    assert caller.territories.codes == codes


async def test_an_outside_issuer_grants_no_more_than_the_settings_let_it() -> None:
    outside, ours = KeyRing(), KeyRing()
    outside.replace(public(KEY))
    ours.replace(public(KEY))
    given = settings(
        external_scope_map={"analyst": "ratings:read"},
        external_scopes=["ratings:read", "training:read"],
        external_territories_claim="regions",
        external_territories=["08000000"],
    )
    checked = Verifier(given, {ISSUER: ours, "https://oidc": outside}, nobody_revoked)
    scope = "analyst training:read admin internal:read training:act_as"
    regions = ["08701000", "05000000"]
    token = signed(KEY, iss="https://oidc", scope=scope, regions=regions, territories=["*"])
    caller = await checked.verify(token)
    assert caller.subject == "oidc:client-1"
    assert caller.scopes == {"ratings:read", "training:read"}
    assert caller.territories.codes == {"08701000"}
