"""How many examples a property is tried on; `EXAMPLES` scales every number, 0.1 for a tenth."""

import os

from hypothesis import settings

SHARE = float(os.environ.get("EXAMPLES", "1"))
FEWEST = 3
PROFILE = "scaled"


def examples(count: int) -> settings:
    """Return the settings of a property that takes its time: `count` examples, no deadline."""
    return settings(max_examples=scaled(count), deadline=None)


def scale_default() -> None:
    """Scale the properties that name no number of their own."""
    usual = settings.get_profile("default").max_examples
    settings.register_profile(PROFILE, max_examples=scaled(usual))
    settings.load_profile(PROFILE)


def scaled(count: int) -> int:
    """Return the share of a number of examples, at least three."""
    return max(FEWEST, round(count * SHARE))
