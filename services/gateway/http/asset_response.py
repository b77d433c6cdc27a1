"""A file of the gateway's own as the caller takes it: in a coding, or 304."""

from collections.abc import Mapping

from fastapi import Request, Response

from services.gateway.assets import CODINGS, Asset
from services.gateway.domain.documents import IDENTITY
from services.gateway.http.conditional import conditional
from shared.negotiation import choose_coding


def answer(request: Request, asset: Asset, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a file in the coding the caller takes, or as its conditions ask."""
    coding = choose_coding(request.headers.get("accept-encoding"), CODINGS)
    fields = {
        "ETag": asset.etags[coding],
        "Cache-Control": "public, no-cache",
        "Vary": "Accept-Encoding",
        "Content-Type": asset.media,
        **(headers or {}),
    }
    if coding != IDENTITY:
        fields["Content-Encoding"] = coding
    return conditional(request, asset.coded[coding], fields, frozenset(asset.etags.values()))
