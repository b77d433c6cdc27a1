"""How often the checks accuse the innocent, and how often they find a planted mistake.

Run `python -m benchmarks.findings [seeds]`: every layout, four rounding rules, so many seeds; with
the facts that state the relations, and without any.
"""

import sys

from tests.shared.figures.checks.acceptance import Acceptance
from tests.shared.figures.checks.layouts import LAYOUTS


def main() -> int:
    """Print the counts; 1 where an acceptance bound is missed."""
    measured = Acceptance()
    measured.measure(LAYOUTS, range(int(sys.argv[1]) if len(sys.argv) > 1 else 4))
    counts = measured.counts
    print(f"clean documents {counts['clean']}: {counts['accused']} accused, "
          f"{counts['doubted']} with an implausible finding")  # fmt: skip
    print(f"planted, stated {counts['planted']}: {counts['found']} found, "
          f"{counts['restored']} with the original in a repair")  # fmt: skip
    print(f"planted, unstated {counts['unstated']}: {counts['noticed']} at least implausible")
    for failure in measured.failures[:20]:
        print(failure)
    return int(
        counts["accused"] > 0
        or counts["doubted"] > 0.05 * counts["clean"]
        or counts["found"] < 0.99 * counts["planted"]
        or counts["restored"] < 0.8 * counts["planted"]
    )


if __name__ == "__main__":
    sys.exit(main())
