"""Which examples a property is tried on, and how many.

`EXAMPLES` scales every number, 0.1 for a tenth. Up to 1 the examples are the same in every run, so
that a change is judged by what it changes; above 1 they are random, to search for faults.
"""

import os

from hypothesis import settings

SHARE = float(os.environ.get("EXAMPLES", "1"))
FEWEST = 3
PROFILE = "scaled"


def examples(count: int) -> settings:
    """Return the settings of a property that takes its time: `count` examples, no deadline."""
    return settings(max_examples=scaled(count), deadline=None)


def set_default() -> None:
    """Make the default of every property: scaled, repeatable unless it searches."""
    usual = settings.get_profile("default" if SHARE > 1 else "ci")
    settings.register_profile(PROFILE, usual, max_examples=scaled(usual.max_examples))
    settings.load_profile(PROFILE)


def scaled(count: int) -> int:
    """Return the share of a number of examples, at least three."""
    return max(FEWEST, round(count * SHARE))
