"""The five kinds of failure the services know; none of them knows HTTP.

A kind says what went wrong for the caller, `code` says it to a program, `detail` says it to a
person in Russian. `shared.web` has the one table that turns them into `application/problem+json`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of an input: a JSON pointer to it, a stable code, a sentence in Russian."""

    pointer: str
    code: str
    detail: str

    def __post_init__(self) -> None:
        """Make what is quoted of an input printable: half a surrogate has no bytes."""
        for name in ("pointer", "detail"):
            said: str = getattr(self, name)
            object.__setattr__(self, name, said.encode("utf-8", "replace").decode())


class Problem(Exception):  # noqa: N818 -- the name of the wire format of RFC 9457.
    """A failure with a stable code; use one of its five kinds."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


class NotFound(Problem):
    """The thing named by the request is not there."""


class Conflict(Problem):
    """The state of the thing forbids the act, or a condition of the request no longer holds."""


class Invalid(Problem):
    """The request contradicts a rule; `errors` say where."""


class Forbidden(Problem):
    """The caller is unknown or may not do this."""


class Unavailable(Problem):
    """Something this answer depends on does not answer now; trying again later may help."""
