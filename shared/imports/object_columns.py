"""Columns that hold a whole object, split into the columns of its members."""

from collections.abc import Sequence
from contextlib import suppress

import msgspec
import polars as pl

from shared.imports.columns import Layout


def split_objects(frame: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Split a column that holds a whole object: JSON, or its first members with «#» between."""
    have = set(frame.columns)
    nothing = pl.lit(None, dtype=pl.String)
    for whole in {c.name.split(".")[0] for c in layout.columns if "." in c.name} & have:
        wanted = [c for c in layout.columns if c.name.startswith(f"{whole}.")]
        if frame[whole].null_count() == frame.height:
            frame = frame.with_columns(nothing.alias(c.stored) for c in wanted)
            continue
        names = [c.name.split(".")[1] for c in wanted]
        objects = [_members(text, names) for text in frame[whole]]
        frame = frame.with_columns(
            pl.Series(c.stored, [o.get(name) for o in objects], dtype=pl.String)
            for c, name in zip(wanted, names, strict=True)
        )
    absent = [c.stored for c in layout.columns if c.stored not in frame.columns]
    return frame.with_columns(nothing.alias(name) for name in absent)


def _members(text: str | None, names: Sequence[str]) -> dict[str, str | None]:
    if text is None or not text.strip():
        return {}
    if text.lstrip().startswith("{"):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(text, type=dict[str, str | None])
    return dict(zip(names, (part.strip() or None for part in text.split("#", 1)), strict=False))
