"""The nodes of a methodology's tree as columns of the engine's tables."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Group, Indicator, Methodology, Node


@dataclass(frozen=True, slots=True)
class Branch:
    """A group with the columns of its children and their weights, in the tree's order."""

    node: Group
    column: int
    children: tuple[int, ...]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns: all nodes, parents before children, so the root is column 0.

    `leaves` are the columns of the indicators in the order of `Methodology.indicators`;
    `branches` are children first, the order in which scores are made; `sizes` are the numbers of
    indicators under the nodes, 1 for an indicator itself.
    """

    nodes: tuple[Node, ...]
    parents: tuple[int | None, ...]
    leaves: tuple[int, ...]
    branches: tuple[Branch, ...]
    sizes: tuple[int, ...]

    def column(self, code: str) -> int:
        """Return the column of a node; KeyError if the tree has no such code."""
        for index, node in enumerate(self.nodes):
            if node.code == code:
                return index
        raise KeyError(code)

    def path(self, column: int) -> Iterator[int]:
        """Yield the columns from a node up to the root, the node itself first."""
        at: int | None = column
        while at is not None:
            yield at
            at = self.parents[at]


def lay_out(methodology: Methodology) -> Layout:
    """Give each node of a methodology's tree its column."""
    nodes: list[Node] = []
    parents: list[int | None] = []
    branches: list[Branch] = []

    def visit(node: Node, parent: int | None) -> int:
        column = len(nodes)
        nodes.append(node)
        parents.append(parent)
        if isinstance(node, Group):
            children = tuple(visit(child, column) for child in node.children)
            weights = np.array([child.weight for child in node.children])
            branches.append(Branch(node, column, children, weights))
        return column

    visit(methodology.tree, None)
    leaves = tuple(index for index, node in enumerate(nodes) if isinstance(node, Indicator))
    sizes = [1] * len(nodes)
    for branch in branches:
        sizes[branch.column] = sum(sizes[child] for child in branch.children)
    return Layout(tuple(nodes), tuple(parents), leaves, tuple(branches), tuple(sizes))
