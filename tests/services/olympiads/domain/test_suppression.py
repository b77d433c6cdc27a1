"""Suppression is proved here by another road: the least and greatest value of every hidden cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from services.olympiads.domain.count_tables import Cell, Release, Table, named
from services.olympiads.domain.suppression import Suppression, primary_cells, suppress
from tests.harness.properties import examples

K = 3
AT_MOST = 10_000
PERFORMERS = [
    [2, 10, 13],
    [3, 1, 0],
    [0, 0, 0],
    [0, 1, 0],
    [0, 2, 1],
    [6, 6, 1],
    [0, 1, 4],
    [9, 6, 1],
    [2, 1, 2],
    [7, 16, 22],
    [0, 0, 0],
    [6, 0, 8],
    [3, 3, 1],
    [0, 2, 3],
    [0, 0, 1],
    [0, 1, 2],
    [2, 1, 1],
    [1, 6, 5],
    [0, 11, 5],
    [0, 2, 3],
    [0, 0, 0],
]

tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 3), st.integers(0, 30)), min_size=width, max_size=width),
        min_size=1,
        max_size=5,
    )
)


def two_way(rows: Sequence[Sequence[int]]) -> Table:
    """Rows × columns with margins «*» and the grand total."""
    heads = [str(column) for column in range(len(rows[0]))]
    names = [f"r{number}" for number in range(len(rows))]
    values: dict[Cell, int] = {
        (n, h): v
        for n, row in zip(names, rows, strict=True)
        for h, v in zip(heads, row, strict=True)
    }
    sums: list[tuple[Cell, tuple[Cell, ...]]] = []
    sums += [((n, "*"), tuple((n, h) for h in heads)) for n in names]
    sums += [(("*", h), tuple((n, h) for n in names)) for h in heads]
    sums.append((("*", "*"), tuple((n, "*") for n in names)))
    for margin, parts in sums:
        values[margin] = sum(values[part] for part in parts)
    sums.append((("*", "*"), tuple(("*", h) for h in heads)))
    return Table(values, sums)


@dataclass
class Reader:
    """All that a reader of several revisions can write down, as an integer programme.

    The reader knows which cells stayed as they were; a hidden margin is any count, a hidden cell
    that is small is known to be 1…k−1.
    """

    releases: Sequence[Release]

    def range_of(self, cell: Cell, value: int) -> tuple[int, int]:
        return self._end(cell, value, greatest=False), self._end(cell, value, greatest=True)

    def _end(self, cell: Cell, value: int, *, greatest: bool) -> int:
        model = cp_model.CpModel()
        known: dict[tuple[Cell, int], cp_model.IntVar] = {}
        for release in self.releases:
            self._tell(model, known, release)
        goal = known[(cell, value)]
        if greatest:
            model.maximize(goal)
        else:
            model.minimize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) == cp_model.OPTIMAL
        return int(solver.value(goal))

    @staticmethod
    def _tell(
        model: cp_model.CpModel,
        known: dict[tuple[Cell, int], cp_model.IntVar],
        release: Release,
    ) -> None:
        table = release.table
        margins = {margin for margin, _ in table.sums}
        for cell, value in table.values.items():
            number = known.setdefault((cell, value), model.new_int_var(0, AT_MOST, str(cell)))
            if cell not in release.hidden:
                model.add(number == value)
            elif 0 < value < K and cell not in margins:
                model.add_linear_constraint(number, 1, K - 1)
        for margin, parts in table.sums:
            model.add(
                sum(known[(part, table.values[part])] for part in parts)
                == known[(margin, table.values[margin])]
            )
        for small, big in table.limits:
            model.add(known[(small, table.values[small])] <= known[(big, table.values[big])])


def assert_safe(releases: Sequence[Release]) -> None:
    reader = Reader(releases)
    for release in releases:
        assert primary_cells(release.table, K) <= release.hidden
        for cell in release.hidden:
            least, greatest = reader.range_of(cell, release.table.values[cell])
            assert least < greatest, (cell, release.table.values[cell], least)


def released(table: Table, history: Sequence[Release] = ()) -> Release:
    answer = suppress(table, K, history)
    assert not answer.unsafe
    return Release(table, answer.hidden)


def test_the_programme_s_own_counts_can_be_shown_safely() -> None:
    release = released(two_way(PERFORMERS))
    assert_safe([release])
    shown_margins = [("*", str(grade)) not in release.hidden for grade in range(3)]
    assert all(shown_margins)
    assert ("*", "*") not in release.hidden


def test_nothing_small_hides_nothing() -> None:
    assert suppress(two_way([[3, 0], [0, 9]]), K) == Suppression(frozenset(), frozenset())


def test_a_single_small_cell_takes_three_companions() -> None:
    release = released(two_way([[1, 7, 9], [8, 9, 4], [5, 5, 5]]))
    assert len(release.hidden) == 4
    assert_safe([release])


@pytest.mark.parametrize(
    "rows", [[[1]], [[1, 1, 0]], [[1, 1, 1]], [[2, 0], [0, 2]], [[0, 1], [0, 0]]]
)
def test_a_margin_that_would_give_it_away_is_hidden_too(rows: list[list[int]]) -> None:
    assert_safe([released(two_way(rows))])


@examples(30)
@given(tables)
def test_every_hidden_cell_takes_two_values(rows: list[list[int]]) -> None:
    assert_safe([released(two_way(rows))])


def test_a_cell_hidden_once_stays_hidden_while_it_stands() -> None:
    first = released(two_way([[1, 7, 9], [8, 9, 4], [5, 5, 5]]))
    corrected = two_way([[4, 7, 9], [8, 9, 4], [5, 5, 5]])
    alone = suppress(corrected, K)
    assert not alone.hidden
    second = released(corrected, [first])
    unchanged = {c for c in first.hidden if corrected.values[c] == first.table.values[c]}
    assert unchanged
    assert unchanged <= second.hidden
    assert_safe([first, second])


def test_a_correction_of_one_pupil_does_not_give_the_cell_away() -> None:
    rows = [[1, 7, 9], [8, 9, 4], [5, 5, 5]]
    first = released(two_way(rows))
    rows[0][0] = 2
    second = released(two_way(rows), [first])
    assert_safe([first, second])


@examples(12)
@given(tables, st.data())
def test_two_revisions_together_give_nothing_away(
    rows: list[list[int]], data: st.DataObject
) -> None:
    first = released(two_way(rows))
    corrected = [list(row) for row in rows]
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[0]) - 1))
        corrected[row][column] = data.draw(st.integers(0, 6))
    table = two_way(corrected)
    answer = suppress(table, K, [first])
    if not answer.unsafe:
        assert_safe([first, Release(table, answer.hidden)])


def test_a_part_never_exceeds_its_whole() -> None:
    people, strong = two_way([[4, 9], [6, 7]]), two_way([[2, 5], [4, 4]])
    values = {("n", *c): v for c, v in people.values.items()}
    values |= {("a", *c): v for c, v in strong.values.items()}
    sums = [
        ((tag, *margin), tuple((tag, *part) for part in parts))
        for tag, table in (("n", people), ("a", strong))
        for margin, parts in table.sums
    ]
    limits = [(("a", *c), ("n", *c)) for c in people.values]
    assert_safe([released(Table(values, sums, limits))])


def test_k_below_three_can_hide_nothing() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        suppress(two_way([[1]]), 2)


def test_what_earlier_revisions_made_impossible_to_hide_is_said() -> None:
    first = released(two_way([[3, 0, 0]]))
    assert not first.hidden
    answer = suppress(two_way([[1, 1, 1]]), K, [first])
    assert answer.unsafe


def test_a_number_keeps_its_name_only_while_its_value_stands() -> None:
    cell, other = ("x",), ("y",)
    tables = [Table({cell: value, other: 1}) for value in (5, 5, 6, 5)]
    names = [name[cell] for name in named(tables)]
    assert names == [(cell, 0), (cell, 0), (cell, 1), (cell, 2)]
    assert {name[other] for name in named(tables)} == {(other, 0)}


def test_many_small_corrections_in_a_row_stay_safe() -> None:
    rows = [list(row) for row in PERFORMERS[:8]]
    history: list[Release] = []
    for row, grade, change in ((0, 0, 1), (4, 1, -1), (0, 0, -1), (6, 2, 2)):
        history.append(released(two_way(rows), history))
        rows[row][grade] += change
    final = released(two_way(rows), history)
    assert_safe([history[-1], final])
