import httpx

from services.gateway.app import create_app
from tests.services.gateway.conftest import House
from tests.services.gateway.publisher import listening
from tests.services.gateway.test_identity import ADMIN, signing
from tests.services.issuers import Issuer
from tests.shared.invalid_tokens import Asked
from tests.shared.keys import make_key

EXTERNAL = "https://oidc.example"


async def test_the_gateway_believes_an_outside_issuer_by_its_own_keys_alone(house: House) -> None:
    provider = Issuer(key=make_key("oidc-1"), jwks_path="/realms/region/certs")
    own, _ = await signing(house)
    async with provider.serving():
        outside = {
            "external_issuer": EXTERNAL,
            "external_jwks_url": provider.url + provider.jwks_path,
            "external_scopes": ["admin", "ratings:read"],
        }
        gateway = create_app(house.settings.model_copy(update=outside))
        async with (
            listening(gateway, lifespan="on") as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http,
        ):
            told = {
                name: (await http.get(ADMIN, headers={"authorization": field})).status_code
                for name, field in {
                    "its own": Asked(provider.key, "admin").good(iss=EXTERNAL),
                    "the gateway's": Asked(own, "admin").good(),
                    "its name on the gateway's key": Asked(own, "admin").good(iss=EXTERNAL),
                    "the gateway's name on its key": Asked(provider.key, "admin").good(),
                    "under-scoped": Asked(provider.key, "ratings:read").good(iss=EXTERNAL),
                }.items()
            }
    assert told == {
        "its own": 200,
        "the gateway's": 200,
        "its name on the gateway's key": 401,
        "the gateway's name on its key": 401,
        "under-scoped": 403,
    }
    assert set(provider.asked) == {provider.jwks_path}
