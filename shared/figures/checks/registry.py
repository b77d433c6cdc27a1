"""Every check with the rules it can report, in the order they run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.figures.checks.bands import check_bands, check_level_labels
from shared.figures.checks.changes import check_changes
from shared.figures.checks.domains import check_domains, check_orders
from shared.figures.checks.gaps import (
    check_coverage,
    check_gaps,
    check_references,
    check_restated,
    check_texts,
)
from shared.figures.checks.hulls import check_hulls
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.means import check_means, check_methods
from shared.figures.checks.notes import Note
from shared.figures.checks.points import check_points
from shared.figures.checks.ranks import check_ranks
from shared.figures.checks.relations import check_measures, check_relations
from shared.figures.checks.scales import check_scales
from shared.figures.checks.series import (
    check_benchmarks,
    check_copies,
    check_dates,
    check_expectations,
    check_ratios,
)
from shared.figures.checks.shares import (
    check_means_of_integers,
    check_share_facts,
    check_share_keys,
)
from shared.figures.checks.sums import check_capacity, check_parts, check_shares, check_wholes
from shared.figures.document import SourceDocument


@dataclass(frozen=True, slots=True)
class Check:
    """A family of rules that gather the same inputs."""

    rules: tuple[str, ...]
    run: Callable[[ReadingIndex, SourceDocument], Iterator[Note]]


CHECKS = (
    Check(("missing_vs_zero", "assumption"), check_gaps),
    Check(("unreadable_figure", "hedged_figure"), check_texts),
    Check(("code_coverage",), check_coverage),
    Check(("dangling_reference",), check_references),
    Check(("restated_figure",), check_restated),
    Check(("parent_equals_mean",), check_means),
    Check(("method_dependence",), check_methods),
    Check(("score_index_scale", "implied_maximum", "maximum_conflict"), check_scales),
    Check(("bands_partition_domain",), check_bands),
    Check(("level_label",), check_level_labels),
    Check(("place_sequence", "place_bounds", "place_plausibility", "place_of"), check_ranks),
    Check(("whole_of_parts", "share_sum"), check_wholes),
    Check(("part_whole_sum",), check_parts),
    Check(("part_whole_sum",), check_points),
    Check(("share_sum",), check_shares),
    Check(("capacity_vs_demand",), check_capacity),
    Check(("share_of_whole", "share_granularity"), check_share_facts),
    Check(("share_of_whole", "share_granularity"), check_share_keys),
    Check(("share_granularity",), check_means_of_integers),
    Check(("aggregate_in_hull",), check_hulls),
    Check(("relation",), check_relations),
    Check(("relation",), check_measures),
    Check(("change_of_period",), check_changes),
    Check(("cross_column_copy",), check_copies),
    Check(("benchmark_equality",), check_benchmarks),
    Check(("ratio_outlier",), check_ratios),
    Check(("monotone_expectation",), check_expectations),
    Check(("date_in_window",), check_dates),
    Check(("value_in_domain",), check_domains),
    Check(("place_order",), check_orders),
)
