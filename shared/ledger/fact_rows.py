"""A registered fact as a row, of the table or of a document."""

from dataclasses import dataclass

from shared.figures.claims import Concept
from shared.figures.selectors import Key, Selector

TERRITORY = r"[0-9A-Za-z_.\-]{1,20}"
"""A code of a territory as every column of the ledger takes it."""


class FactFault(ValueError):  # noqa: N818 -- it names the fact.
    """A fact that cannot be meant; its text says to people what is wrong."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One registered fact; what each part means depends on its kind."""

    fact: str
    code: str = ""
    concept: str | None = None
    key: Key = ()
    members: tuple[str, ...] = ()
    value: str = ""
    source: str = ""
    any_of: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def selector(self) -> Selector:
        """The claims the fact speaks of."""
        return Selector(
            None if self.concept is None else Concept(self.concept), self.key, self.any_of
        )
