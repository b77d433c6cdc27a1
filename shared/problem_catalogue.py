"""All errors the loaded modules can answer with: one code, one kind, one status, one title."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.errors import KINDS, Problem


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One stable code: its kind, its Russian title, the sentence a caller reads if it is fixed.

    `meaning` is the English one-sentence docstring of the error's class, `remedy` what a caller
    does, in Russian; `module` says whose it is.
    """

    code: str
    kind: type[Problem]
    title: str
    detail: str
    meaning: str
    module: str
    remedy: str


def problem_types() -> list[ProblemType]:
    """Return every error class of the loaded modules, by code; a code with two meanings raises."""
    found: dict[str, ProblemType] = {}
    for error in _classes(Problem):
        if "code" not in vars(error):
            continue
        kind = next((kind for kind in KINDS if issubclass(error, kind)), Problem)
        stated = ProblemType(
            error.code,
            kind,
            error.title,
            error.detail,
            (error.__doc__ or "").split("\n")[0],
            error.__module__,
            error.remedy,
        )
        if found.setdefault(error.code, stated) != stated:
            raise TypeError(f"{error.code} is stated by {error} and by {found[error.code].module}.")
    return [found[code] for code in sorted(found)]


def _classes(parent: type[Problem]) -> Iterator[type[Problem]]:
    for child in parent.__subclasses__():
        yield child
        yield from _classes(child)
