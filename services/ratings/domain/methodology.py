"""A methodology: how observations of indicators become scores, places and levels.

The values of this module are already valid: `methodology_document` reads them from JSON and says
what is wrong with a document, `methodology_warnings` says what is allowed but unwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.figures.intervals import RoundingMode
from shared.figures.levels import BandSet


class Direction(StrEnum):
    """Whether more or less of an indicator is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Method(StrEnum):
    """A rule that puts an indicator on a common scale."""

    NONE = "none"
    PERCENT_OF_MAX = "percent_of_max"
    MINMAX = "minmax"
    GOALPOSTS = "goalposts"
    ZSCORE = "zscore"
    RANK = "rank"
    PERCENTILE_RANK = "percentile_rank"
    BORDA = "borda"
    DISTANCE_TO_BEST = "distance_to_best"
    DISTANCE_TO_TARGET = "distance_to_target"
    BEST_OF_PEERS = "best_of_peers"


class Mean(StrEnum):
    """A rule that makes one score of the scores of a node's children."""

    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    HARMONIC = "harmonic"
    POWER = "power"
    SUM = "sum"
    MINIMUM = "minimum"


class MissingPolicy(StrEnum):
    """What an absent value does to the scores above it."""

    SKIP = "skip"
    FAIL = "fail"
    ZERO = "zero"


class Ranked(StrEnum):
    """Who gets a place at a node: everyone with a score, or only units without missing leaves."""

    ALL = "all"
    COMPLETE_ONLY = "complete_only"


class RankOn(StrEnum):
    """Whether places compare scores as computed or as rounded for print."""

    UNROUNDED = "unrounded"
    PUBLISHED = "published"


class Publication(StrEnum):
    """Whether a result is public at once or waits for a person."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A method with its parameters; a method reads only its own.

    `minmax` and `goalposts`: low, high; `zscore`: mean, sd; `percent_of_max`: maximum;
    `distance_to_target`: target, cap.
    """

    method: Method
    low: float = 0.0
    high: float = 100.0
    mean: float = 0.0
    sd: float = 1.0
    maximum: float = 100.0
    target: float = 0.0
    cap: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A mean with its parameter; only `power` reads p."""

    mean: Mean
    p: float = 1.0


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf of the tree. `digits` None: the printed precision is that of each observation.

    `domain` holds the lowest and the highest possible value, None where there is no bound.
    """

    code: str
    title: str
    weight: float
    direction: Direction
    normalise: Normalisation
    unit: str | None = None
    digits: int | None = None
    domain: tuple[Decimal | None, Decimal | None] = (None, None)
    topics: tuple[str, ...] = ()
    target: Decimal | None = None
    definition: str | None = None
    responsible: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """An inner node of the tree; the root's weight is not used."""

    code: str
    title: str
    weight: float
    aggregate: Aggregate
    children: tuple["Node", ...]


Node = Indicator | Group


@dataclass(frozen=True, slots=True)
class Peers:
    """Who is compared with whom: the kind of territory, and the kind that groups them, if any."""

    kind: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """The policy for absent values; `min_coverage` counts under `skip` only.

    `places` says whether a unit with missing values under a node has a place there.
    """

    policy: MissingPolicy
    min_coverage: float = 0.0
    places: Ranked = Ranked.ALL


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a score is rounded for print."""

    mode: RoundingMode
    digits: int


@dataclass(frozen=True, slots=True)
class Methodology:
    """A whole methodology of one programme; `version` tells it from its siblings."""

    programme: str
    version: str
    title: str
    peers: Peers
    tree: Group
    missing: Missing
    rounding: Rounding
    rank_on: RankOn = RankOn.UNROUNDED
    levels: BandSet | None = None
    publication: Publication = Publication.AUTOMATIC

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Return the leaves in the order of the tree."""
        return tuple(node for node in walk(self.tree) if isinstance(node, Indicator))


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, parents before children, in the order of the document."""
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from walk(child)
