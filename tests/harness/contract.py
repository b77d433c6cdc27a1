"""The contract of the whole system, merged without servers: `python -m tests.harness.contract`."""

import json
import sys
from typing import Any

from services.gateway.app import create_app
from services.gateway.documents.cache_sync import Catalogue
from services.gateway.domain.documents import IDENTITY
from services.gateway.domain.findings import SERVICES
from services.gateway.openapi.catalogue import OpenApi
from services.gateway.settings import Settings
from services.olympiads import app as olympiads
from services.olympiads.settings import Settings as OlympiadsSettings
from services.ratings import app as ratings
from services.ratings.settings import Settings as RatingsSettings
from services.training import app as training
from services.training.settings import Settings as TrainingSettings

_NO_DATABASE, _NO_REDIS = "postgresql://nobody@nowhere/none", "redis://nowhere"


def merged_contract() -> dict[str, Any]:
    """Return what the gateway says of all four services; nothing is connected for it."""
    gateway = create_app(Settings(database_url=_NO_DATABASE, redis_url=_NO_REDIS))
    catalogue = Catalogue()
    applications = (
        ratings.create_app(RatingsSettings(database_url=_NO_DATABASE, redis_url=_NO_REDIS)),
        olympiads.create_app(OlympiadsSettings(database_url=_NO_DATABASE, redis_url=_NO_REDIS)),
        training.create_app(TrainingSettings(database_url=_NO_DATABASE, redis_url=_NO_REDIS)),
    )
    for name, made in zip(SERVICES, applications, strict=True):
        catalogue.openapi[name], catalogue.openapi_digests[name] = made.openapi(), name
    app = gateway.app  # type: ignore[attr-defined]  # the middleware keeps its application.
    merged: dict[str, Any] = json.loads(OpenApi(app, catalogue, {}, {}).asset().coded[IDENTITY])
    return merged


if __name__ == "__main__":
    json.dump(merged_contract(), sys.stdout, ensure_ascii=False)
