"""The merged document as this process serves it, made again when a service's part changes."""

import json
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from services.gateway.assets import Asset, make_asset
from services.gateway.documents.cache_sync import Catalogue
from services.gateway.domain.deprecations import Registry
from services.gateway.domain.encoding import encode
from services.gateway.domain.findings import SERVICES
from services.gateway.domain.request_cost import OperationCosts
from services.gateway.domain.routing import Operation, Routing
from services.gateway.openapi.compaction import compact
from services.gateway.openapi.costs import state_costs
from services.gateway.openapi.deprecations import mark
from services.gateway.openapi.merge import Json, merge
from services.gateway.openapi.postprocess import postprocess, webhooks_section
from services.gateway.openapi.shared_components import share_components
from services.gateway.representations.kinds import JSON
from services.gateway.schemas import CloudEvent
from services.gateway.webhooks.types import EVENT_TYPES
from shared.web.problem_descriptions import EXTENSION, merged

_REF = "#/components/schemas/{model}"


class OpenApi:
    """Keeps the merged document and its tag."""

    def __init__(
        self,
        app: FastAPI,
        catalogue: Catalogue,
        deprecated: Registry,
        costs: OperationCosts,
    ) -> None:
        self._app = app
        self._deprecated = deprecated
        self._costs = costs
        self._routing = Routing({})
        self._catalogue = catalogue
        self._made_of: str | None = None
        self._problem_types: dict[str, dict[str, object]] = {}
        self._asset = make_asset(b"{}", JSON)

    def asset(self) -> Asset:
        """Return the document as it is served."""
        made_of = self._fingerprint()
        if made_of != self._made_of:
            document = self._merged()
            self._asset = make_asset(encode(document), JSON)
            self._routing = Routing(document)
            self._made_of = made_of
        return self._asset

    def problem_types(self) -> dict[str, dict[str, object]]:
        """Return what the gateway and the known services can fail with, by code."""
        self.asset()
        return self._problem_types

    def operation_at(self, method: str, path: str) -> Operation | None:
        """Return the documented operation that a request is, HEAD being its GET."""
        self.asset()
        match = self._routing.match(method, path)
        return None if match is None else match.operation

    def _fingerprint(self) -> str:
        return " ".join(self._catalogue.openapi_digests.get(name, "") for name in SERVICES)

    def _merged(self) -> dict[str, Any]:
        base: Json = self._app.openapi()
        services = {
            name: self._catalogue.openapi[name]
            for name in SERVICES
            if name in self._catalogue.openapi
        }
        base = json.loads(json.dumps(base))
        self._problem_types = merged((base, *services.values()))
        base.pop(EXTENSION, None)
        base["webhooks"] = webhooks_section(EVENT_TYPES)
        _, models = models_json_schema([(CloudEvent, "serialization")], ref_template=_REF)
        base["components"]["schemas"] |= models["$defs"]
        document = merge(base, services, lambda path: path.startswith("/v1/"))
        return share_components(
            compact(mark(state_costs(self._completed(document), self._costs), self._deprecated))
        )

    def _completed(self, document: Json) -> Json:
        titles = {code: str(one["title"]) for code, one in self._problem_types.items()}
        return postprocess(document, titles)
