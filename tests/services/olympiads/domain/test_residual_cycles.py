"""Cycles are proved by the reader of the suppression tests, and counted at twice the size."""

from random import Random

import pytest
from hypothesis import given

from services.olympiads.domain.count_tables import Edition, Known, Release, Table, gathered, named
from services.olympiads.domain.residual_cycles import Bounds, Network, Networks
from services.olympiads.domain.suppression import primary_cells, suppress
from tests.harness.properties import examples
from tests.services.olympiads.domain.test_suppression import (
    K,
    Reader,
    assert_safe,
    tables,
    two_way,
)


def networks_of(table: Table) -> tuple[Networks, Edition]:
    (names,) = named([table])
    edition = Edition(table, frozenset(primary_cells(table, K)), names)
    return Networks(gathered([edition], frozenset()), [edition], K), edition


@examples(60)
@given(tables)
def test_the_numbers_of_a_cycle_are_safe_once_hidden(rows: list[list[int]]) -> None:
    table = two_way(rows)
    networks, edition = networks_of(table)
    hidden = set(edition.hidden)
    safe = set()
    for cell in sorted(hidden):
        found = networks.second_table(edition.names[cell], {})
        if found is not None:
            assert edition.names[cell] in found
            safe |= {name for name, _ in found}
    if hidden <= safe:
        assert_safe([Release(table, frozenset(hidden | safe))])


def test_a_step_that_a_limit_forbids_is_not_taken() -> None:
    table = Table({("n",): 5, ("a",): 5}, (), [(("a",), ("n",))])
    (names,) = named([table])
    bounds = Bounds(
        gathered([Edition(table, frozenset(), names)], frozenset()), K, margins_small=True
    )
    assert not bounds.allows((("a",), 0), 1)
    assert bounds.allows((("a",), 0), -1)
    assert not bounds.allows((("n",), 0), -1)
    assert bounds.hold({(("a",), 0): 1, (("n",), 0): 1})


def test_a_broken_sum_is_no_second_table() -> None:
    table = two_way([[5, 6], [7, 8]])
    (names,) = named([table])
    system = gathered([Edition(table, frozenset(), names)], frozenset())
    bounds = Bounds(system, K, margins_small=True)
    cycle: dict[Known, int] = {(("r0", "0"), 0): 1, (("r0", "1"), 0): -1, (("r1", "0"), 0): -1}
    assert not bounds.hold(cycle)
    assert bounds.hold({**cycle, (("r1", "1"), 0): 1})


def large(rows: int, seed: int = 1) -> Table:
    random = Random(seed)  # noqa: S311 -- a test's own data.
    return two_way([[random.choice([0, 1, 2, 5, 9]) for _ in range(5)] for _ in range(rows)])


def test_a_large_table_is_safe_with_a_correction_of_it() -> None:
    table = large(260)
    first = suppress(table, K)
    assert not first.unsafe
    release = Release(table, first.hidden)
    rows = [[table.values[f"r{n}", str(h)] for h in range(5)] for n in range(260)]
    rows[7][2] += 3
    corrected = two_way(rows)
    second = suppress(corrected, K, [release])
    assert not second.unsafe
    assert primary_cells(corrected, K) <= second.hidden
    now = Release(corrected, second.hidden)
    reader = Reader([release, now])
    for cell in sorted(second.hidden)[::400]:
        least, greatest = reader.range_of(cell, corrected.values[cell])
        assert least < greatest, cell


class CountingBounds(Bounds):
    """Counts the steps that are looked at."""

    looked = 0

    def allows(self, known: tuple[tuple[str, ...], int], step: int) -> bool:
        self.looked += 1
        return super().allows(known, step)


@pytest.mark.parametrize("rows", [100, 200])
def test_a_search_looks_at_each_number_a_few_times_at_any_size(rows: int) -> None:
    table = large(rows)
    (names,) = named([table])
    hidden = sorted(names[cell] for cell in primary_cells(table, K))
    system = gathered([Edition(table, frozenset(), names)], frozenset())
    bounds = CountingBounds(system, K, margins_small=True)
    network = Network(bounds, {known: [known] for known in system.values})
    prices = {known: 10 for known in system.values if known not in set(hidden)}
    for target in hidden[::20]:
        bounds.looked = 0
        assert network.cycle(target, prices) is not None
        # Two searches in two directions, each from both ends of a number with both signs.
        assert bounds.looked <= 16 * len(system.values)
