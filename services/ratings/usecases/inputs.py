"""What a calculation starts from: the arrays of a slice, and the hash that identifies them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.engine import ENGINE_VERSION, Observed
from services.ratings.store.observations import UNKNOWN, Column
from services.ratings.store.territories import Unit


@dataclass(frozen=True, slots=True)
class Inputs:
    """The peers of a slice that have an observation, by code, with the register around them."""

    observed: Observed
    territory: NDArray[np.int32]
    group: NDArray[np.int32]
    registered: int
    registered_groups: Mapping[str, int]


def arrange(
    indicators: Sequence[int | None],
    units: Sequence[Unit],
    stored: Mapping[int, Column],
    registered: int | None,
) -> Inputs:
    """Lay stored observations out as units × indicators, columns in the order of `indicators`.

    Those are the numbers of the indicators, None for one that nobody registered. Observations of
    other kinds of territory or of other indicators are left out; a unit without any observation is
    no peer. Where no number of peers is registered, it is the number of such territories in the
    register.
    """
    shape = (len(units), len(indicators))
    values = np.full(shape, np.nan, order="F")
    digits = np.full(shape, UNKNOWN, dtype=np.int64, order="F")
    present = np.zeros(len(units), dtype=np.bool_)
    position = _positions(units, stored)
    for at, number in enumerate(indicators):
        if number is None or number not in stored:
            continue
        column = stored[number]
        rows = position[column.territory]
        used = rows >= 0
        values[rows[used], at] = column.values[used]
        digits[rows[used], at] = column.digits[used]
        present[rows[used]] = True
    peers = [unit for unit, there in zip(units, present, strict=True) if there]
    if not present.all():
        values, digits = np.asfortranarray(values[present]), np.asfortranarray(digits[present])
    return Inputs(
        Observed(
            tuple(unit.code for unit in peers), tuple(unit.group for unit in peers), values, digits
        ),
        np.array([unit.id for unit in peers], dtype=np.int32),
        np.array([unit.group_id or 0 for unit in peers], dtype=np.int32),
        len(units) if registered is None else registered,
        group_sizes(units),
    )


def _positions(units: Sequence[Unit], stored: Mapping[int, Column]) -> NDArray[np.int64]:
    """Return a table from a territory's number to its row, -1 for one that is no unit."""
    ids = np.array([unit.id for unit in units], dtype=np.int64)
    observed = max((int(column.territory.max(initial=0)) for column in stored.values()), default=0)
    table = np.full(max(int(ids.max(initial=0)), observed) + 1, UNKNOWN, dtype=np.int64)
    table[ids] = np.arange(len(ids))
    return table


def group_sizes(units: Sequence[Unit]) -> Mapping[str, int]:
    """Return how many territories of the register each group has."""
    counted = Counter(unit.group for unit in units if unit.group is not None)
    return dict(sorted(counted.items()))


def input_hash(
    document: Mapping[str, object] | None,
    indicators: Sequence[str],
    inputs: Inputs,
    declared: Mapping[str, object],
) -> str:
    """Return the digest of everything a revision's content depends on."""
    observed = inputs.observed
    digest = sha256(f"engine {ENGINE_VERSION}\n".encode())
    for part in (document, indicators, declared, inputs.registered, inputs.registered_groups):
        digest.update(canonical(part))
    digest.update(canonical([observed.units, observed.groups]))
    digest.update(np.ascontiguousarray(observed.values).tobytes())
    if observed.digits is not None:
        digest.update(np.ascontiguousarray(observed.digits).tobytes())
    return digest.hexdigest()


def canonical(content: object) -> bytes:
    """Return the one JSON form of a value: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"
