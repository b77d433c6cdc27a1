"""A read answered as its conditional fields ask: the bytes, 304, or a refusal with 412."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.domain.conditions import PRECONDITION_FAILED, conditions_of
from shared.web.errors import PreconditionFailed

# A 304 leaves out what describes the content it does not carry (RFC 9110 §15.4.5).
_OF_CONTENT = frozenset(
    {"content-type", "content-disposition", "content-encoding", "content-language"}
)


def precondition_failed(etag: str) -> PreconditionFailed:
    """Return the refusal of a read whose `If-Match` or date names another version."""
    told = "Представление изменилось: прочитайте его без условия."
    return PreconditionFailed(told, headers={"ETag": etag})


def conditional(
    request: Request,
    body: bytes,
    headers: Mapping[str, str],
    tags: frozenset[str] | None = None,
) -> Response:
    """Answer a read in the order of RFC 9110: 412, 304, or 200 with `body`.

    `headers` hold the representation's `ETag` and `Last-Modified` where it has them; `tags` are
    the tags of its other codings.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    etag = fields.get("etag")
    known = frozenset(tag.encode("latin-1") for tag in (tags or ()))
    if etag is not None:
        known |= {etag.encode("latin-1")}
    modified = fields.get("last-modified")
    instant = parsedate_to_datetime(modified) if modified else None
    outcome = conditions_of(request.headers.getlist).outcome(known, instant) if known else None
    if outcome == PRECONDITION_FAILED:
        raise precondition_failed(etag or "")
    if outcome is not None:
        return Response(
            status_code=outcome,
            headers={name: value for name, value in fields.items() if name not in _OF_CONTENT},
        )
    return Response(body, headers=fields)
