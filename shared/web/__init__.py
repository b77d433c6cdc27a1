"""The HTTP side that all services share: the application, its dependencies, its error format."""

from shared.auth import Caller
from shared.web.app import create_service_app
from shared.web.caller import acting_person, hold, optional_caller, requires
from shared.web.conditions import if_match, strong_etag
from shared.web.once import Once
from shared.web.paging import Cursor, Limit, next_link, read_cursor, write_cursor
from shared.web.problems import PROBLEMS
from shared.web.schemas import Answer, Body
from shared.web.sessions import Read, Tx

__all__ = [
    "PROBLEMS",
    "Answer",
    "Body",
    "Caller",
    "Cursor",
    "Limit",
    "Once",
    "Read",
    "Tx",
    "acting_person",
    "create_service_app",
    "hold",
    "if_match",
    "next_link",
    "optional_caller",
    "read_cursor",
    "requires",
    "strong_etag",
    "write_cursor",
]
