"""Who publishes the tables and under which address: by settings, never by the caller's `Host`."""

from starlette.requests import Request

from services.gateway.representations.sheet import Publication
from services.gateway.settings import Settings


def publication_of(request: Request) -> Publication:
    """Return the publisher and the public base address of this gateway."""
    settings: Settings = request.app.state.settings
    own = f"http://127.0.0.1:{settings.port}"
    return Publication(settings.publisher, settings.public_url or own)
