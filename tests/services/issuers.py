"""Issuers of identity on real sockets: the gateway as a service sees it, and an OIDC provider."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.services.gateway.publisher import listening
from tests.shared.keys import make_key, public


@dataclass
class Issuer:
    """Whoever signs tokens, with the addresses where its keys and revocations are read.

    Revocations are told to services alone, as by the gateway: signed with one of `believed`.
    """

    key: ECKey = field(default_factory=lambda: make_key("2026-11"))
    jwks_path: str = "/.well-known/jwks.json"
    revoked: dict[str, int] = field(default_factory=dict)
    believed: dict[str, ECKey] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def _jwks(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return JSONResponse(public(self.key))

    async def _revocations(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        if not self._is_service(request.headers.get("authorization", "")):
            return JSONResponse({}, status_code=401)
        items = [{"client_id": name, "revoked_at": at} for name, at in self.revoked.items()]
        return JSONResponse({"items": items})

    def _is_service(self, header: str) -> bool:
        token = header.removeprefix("Bearer ")
        for name, key in self.believed.items():
            try:
                claims: dict[str, Any] = jwt.decode(token, key, algorithms=["ES256"]).claims
            except (JoseError, ValueError):
                continue
            return (claims["iss"], claims["scope"]) == (f"svc:{name}", "internal:read")
        return False

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer on a free loopback port, told in `url`, while the block runs."""
        routes = [
            Route(self.jwks_path, self._jwks),
            Route("/internal/revocations", self._revocations),
        ]
        app = Starlette(routes=routes)
        app.router.redirect_slashes = False
        async with listening(app) as port:
            self.url = f"http://127.0.0.1:{port}"
            yield


def private_json(key: ECKey) -> str:
    """Return a private JWK as a service's key file holds it."""
    return json.dumps(key.as_dict(private=True))
