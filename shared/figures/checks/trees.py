"""What the codes of indicators say about their tree, where nobody states it.

1.1 is a child of 1, I.1 of I, and 1.1 of the Roman I where that is what is printed. A total is
over the nodes without a parent. Codes prove a level only if they count it from 1 without a hole.
"""

from collections.abc import Mapping, Sequence

from shared.figures.rules.gaps import TOTALS

PARENT = "parent"
"""The part of a key that names the node a figure is a part of."""
ROOT = "total"
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7",
          "VIII": "8", "IX": "9", "X": "10"}  # fmt: skip

Tree = Mapping[str, Sequence[str]]


def tree_of_codes(codes: Sequence[str]) -> dict[str, list[str]]:
    """Return parent → children as the codes say, children in their order and without holes.

    A parent whose numbered children begin not with 1 or skip a number is left out: the table is
    not whole. The total, itself printed or not, is left out unless all the nodes under it are
    printed and their own children, where there are any, are whole too.
    """
    numbered = {_number(code): code for code in codes}
    children: dict[str, list[tuple[int, str]]] = {}
    for number, code in numbered.items():
        head, _, last = number.rpartition(".")
        if head in numbered and last.isdecimal():
            children.setdefault(numbered[head], []).append((int(last), code))
    tree = {
        parent: [code for _, code in sorted(found)]
        for parent, found in children.items()
        if _counted([position for position, _ in found])
    }
    total = _total(codes)
    roots = _roots(numbered, children, set(codes) - {total})
    if roots and all(root in tree for root in roots if root in children):
        tree[total or ROOT] = roots
    return tree


def leaves_of_total(codes: Sequence[str], tree: Tree) -> dict[str, list[str]]:
    """Return the total → the directions below its blocks, where no block itself is printed.

    Blocks of equal size only: then the mean of the directions is that of the blocks too.
    """
    total = _total(codes)
    leaves = [code for code in codes if code != total]
    pairs = [_number(code).split(".") for code in leaves]
    if total is None or total in tree or not all(map(_block_and_position, pairs)):
        return {}
    blocks: dict[int, list[int]] = {}
    for block, position in pairs:
        blocks.setdefault(int(block), []).append(int(position))
    equal = len({len(found) for found in blocks.values()}) == 1
    whole = _counted(list(blocks)) and all(_counted(found) for found in blocks.values())
    return {total: leaves} if whole and equal else {}


def levels_below(children: Sequence[str], tree: Tree) -> list[list[str]]:
    """Return the levels below a node: its children, then each level with its parents replaced."""
    level = list(children)
    levels = [level]
    while any(code in tree for code in level):
        level = [below for code in level for below in tree.get(code, [code])]
        levels.append(level)
    return levels


def _number(code: str) -> str:
    """Return a code with its Roman head, if it has one, in figures and without a last point."""
    head, dot, rest = code.strip().rstrip(".").partition(".")
    return f"{_ROMAN.get(head, head)}{dot}{rest}"


def _total(codes: Sequence[str]) -> str | None:
    return next((code for code in codes if code.strip().lower() in TOTALS), None)


def _roots(
    numbered: Mapping[str, str], children: Mapping[str, object], others: set[str]
) -> list[str]:
    """Return the nodes under the total: numbered 1…n, or named ones that have children."""
    tops = {
        number: code
        for number, code in numbered.items()
        if code in others and number.rpartition(".")[0] not in numbered
    }
    if all(number.isdecimal() for number in tops):
        counted = _counted([int(number) for number in tops])
        return [tops[number] for number in sorted(tops, key=int)] if counted else []
    roots = list(tops.values())
    return roots if len(roots) > 1 and all(root in children for root in roots) else []


def _block_and_position(parts: Sequence[str]) -> bool:
    """Tell whether a code is of two numbers, as 1.1 is."""
    return len(parts) == 2 and all(part.isdecimal() for part in parts)  # noqa: PLR2004 -- as said.


def _counted(positions: Sequence[int]) -> bool:
    """Tell whether positions are 1…n, at least two of them."""
    return len(positions) > 1 and sorted(positions) == list(range(1, len(positions) + 1))
