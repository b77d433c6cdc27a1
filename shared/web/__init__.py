"""The HTTP side that all services share: the application, its dependencies, its error format."""

from shared.auth import Caller
from shared.web.app import create_service_app
from shared.web.authentication import acting_person, optional_caller, require_scopes, requires
from shared.web.idempotency import Idempotency
from shared.web.pager import LongPaging, Pager, Paging, ShortPaging, creation_key
from shared.web.paging import Cursor, Limit, next_link, read_cursor, write_cursor
from shared.web.preconditions import if_match, strong_etag
from shared.web.problems import PROBLEMS
from shared.web.schemas import RequestModel, ResponseModel
from shared.web.sessions import ReadSession, WriteSession

__all__ = [
    "PROBLEMS",
    "Caller",
    "Cursor",
    "Idempotency",
    "Limit",
    "LongPaging",
    "Pager",
    "Paging",
    "ReadSession",
    "RequestModel",
    "ResponseModel",
    "ShortPaging",
    "WriteSession",
    "acting_person",
    "create_service_app",
    "creation_key",
    "if_match",
    "next_link",
    "optional_caller",
    "read_cursor",
    "require_scopes",
    "requires",
    "strong_etag",
    "write_cursor",
]
