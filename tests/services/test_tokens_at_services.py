"""Every service refuses a forged identity by itself, whoever stands before it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.olympiads.app import create_app as create_olympiads
from services.olympiads.settings import Settings as OlympiadsSettings
from services.ratings.app import create_app as create_ratings
from services.ratings.settings import Settings as RatingsSettings
from services.training.app import create_app as create_training
from services.training.settings import Settings as TrainingSettings
from tests.databases import TestDatabase, fresh_database
from tests.services.issuers import Issuer, private_json
from tests.shared.invalid_tokens import (
    INVALID_TOKENS,
    REVOKED,
    REVOKED_AGO,
    REVOKED_CLIENT,
    Asked,
    InvalidToken,
    ago,
    assert_refused,
    bearer,
)
from tests.shared.keys import make_key, signed

SERVICES = ("ratings", "olympiads", "training")
PERSON = "external-person-7"
EXTERNAL = "https://oidc.example"
Doors = dict[str, httpx.AsyncClient]


def application(service: str, **given: Any) -> FastAPI:
    if service == "ratings":
        return create_ratings(RatingsSettings(**given))
    if service == "olympiads":
        return create_olympiads(OlympiadsSettings(**given))
    return create_training(TrainingSettings(**given))


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[Issuer]:
    """An outside OIDC provider."""
    issuer = Issuer(key=make_key("oidc-1"), jwks_path="/realms/region/certs")
    async with issuer.serving():
        yield issuer


@pytest.fixture(scope="module")
async def gateway() -> AsyncIterator[Issuer]:
    """The gateway as far as services need it for identity."""
    issuer = Issuer(revoked={REVOKED_CLIENT: ago(REVOKED_AGO)})
    issuer.believed = {service: make_key(f"svc:{service}") for service in SERVICES}
    async with issuer.serving():
        yield issuer


@pytest.fixture(scope="module")
async def doors(
    postgres: str,
    gateway: Issuer,
    provider: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Doors]:
    """The three services' own applications on one database."""
    folder = tmp_path_factory.mktemp("keys")
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(fresh_database(postgres))
        yield {
            service: await stack.enter_async_context(
                await opened(stack, service, database, folder, gateway, provider)
            )
            for service in SERVICES
        }


async def opened(
    stack: AsyncExitStack,
    service: str,
    database: TestDatabase,
    folder: Path,
    gateway: Issuer,
    provider: Issuer,
) -> httpx.AsyncClient:
    key_file = folder / f"{service}.json"
    key_file.write_text(private_json(gateway.believed[service]))
    app = application(
        service,
        database_url=database.url(service),
        redis_url="unix:///nowhere",
        gateway_url=gateway.url,
        service_key_file=key_file,
        external_issuer=EXTERNAL,
        external_jwks_url=provider.url + provider.jwks_path,
        log_level="ERROR",
    )
    await stack.enter_async_context(app.router.lifespan_context(app))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{service}", timeout=20)


async def sent(doors: Doors, service: str, field: str | None) -> httpx.Response:
    """Ask for a protected operation; an admitted caller learns that the kind is unknown."""
    return await doors[service].post(
        f"/v1/{service}/imports",
        params={"kind": "nothing"},
        content=b"a\n1\n",
        headers={
            "content-type": "text/csv",
            **({} if field is None else {"authorization": field}),
        },
    )


def assert_admitted(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (422, "KIND_UNKNOWN"), answer.text


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("invalid", [*INVALID_TOKENS, REVOKED], ids=lambda invalid: invalid.name)
async def test_a_bad_identity_is_refused(
    doors: Doors, gateway: Issuer, service: str, invalid: InvalidToken
) -> None:
    scope = f"{service}:write"
    answer = await sent(doors, service, invalid.field(Asked(gateway.key, scope)))
    assert_refused(answer, invalid, scope)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_good_identity_is_admitted(doors: Doors, gateway: Issuer, service: str) -> None:
    asked = Asked(gateway.key, f"{service}:write")
    assert_admitted(await sent(doors, service, asked.good()))
    assert_admitted(await sent(doors, service, asked.good(sub=REVOKED_CLIENT)))
    assert {"/.well-known/jwks.json", "/internal/revocations"} <= set(gateway.asked)


@pytest.mark.parametrize("service", SERVICES)
async def test_one_services_right_is_not_anothers(
    doors: Doors, gateway: Issuer, service: str
) -> None:
    others = " ".join(f"{name}:write" for name in SERVICES if name != service)
    answer = await sent(doors, service, Asked(gateway.key, others).good())
    assert (answer.status_code, answer.json()["code"]) == (403, "INSUFFICIENT_SCOPE")


@pytest.mark.parametrize("service", SERVICES)
async def test_an_outside_issuer_is_believed_by_its_own_keys_alone(
    doors: Doors, gateway: Issuer, provider: Issuer, service: str
) -> None:
    scope = f"{service}:write"
    outside = Asked(provider.key, scope)
    assert_admitted(await sent(doors, service, outside.good(iss=EXTERNAL, actor=PERSON)))
    assert set(provider.asked) == {provider.jwks_path}
    for forged in (
        outside.good(),
        Asked(gateway.key, scope).good(iss=EXTERNAL),
        Asked(make_key(str(provider.key.kid)), scope).good(iss=EXTERNAL),
        outside.good(iss=EXTERNAL + "/"),
        outside.good(iss="svc:gateway"),
    ):
        answer = await sent(doors, service, forged)
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")


async def test_the_person_of_an_outside_issuer_acts(doors: Doors, provider: Issuer) -> None:
    pair = {"teacher": "t-1", "mentor": "m-1"}
    told = {}
    for actor in (PERSON, None):
        token = signed(provider.key, iss=EXTERNAL, scope="training:write", actor=actor)
        answer = await doors["training"].post(
            "/v1/training/mentoring/confirm", json=pair, headers={"authorization": bearer(token)}
        )
        told[actor] = (answer.status_code, answer.json()["code"])
    assert told[None] == (403, "ACTOR_REQUIRED")
    assert told[PERSON] == (404, "TEACHER_UNKNOWN")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("invalid", INVALID_TOKENS, ids=lambda invalid: invalid.name)
async def test_a_bad_token_is_refused_on_open_operations_too(
    doors: Doors, gateway: Issuer, service: str, invalid: InvalidToken
) -> None:
    field = invalid.field(Asked(gateway.key, f"{service}:write"))
    headers = {} if field is None else {"authorization": field}
    answer = await doors[service].get(f"/v1/{service}/findings", headers=headers)
    refused = field is not None and invalid.status == 401
    assert answer.status_code == (401 if refused else 200)
