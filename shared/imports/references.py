"""References of rows: codes and names brought to the codes of their registries.

An unknown one is a fault with the nearest names, or a notice where the registry may be loaded
later. A code that lost its leading zero is taken where exactly one registered code fits.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec
import polars as pl

from shared.imports.columns import Check, Column, Context, Layout, Registry, Type
from shared.imports.defects import Notice, message_for
from shared.imports.hints import spoiled_code, total_row
from shared.imports.names import NearestNames, fold_name

LISTED = 10
MOST_SEARCHED = 200
"""How many distinct unknown texts of a column in one block are compared with a registry."""
DANGLING = "dangling_reference"


def registry_for(column: Column, context: Context) -> Registry | None:
    """Return the registry of a column, None where it has none."""
    registries: Mapping[str, Registry] = context.get("registries", {})
    return registries.get(column.registry) if column.registry else None


def resolve_references(
    read: pl.DataFrame, layout: Layout, context: Context
) -> tuple[pl.DataFrame, list[Check]]:
    """Return the frame with every known reference as its code, and the checks of unknown ones.

    Unknown texts are as they are; those of a registry that is not closed are no fault.
    """
    checks: list[Check] = []
    for column in layout.columns:
        registry = registry_for(column, context)
        if registry is None or read[column.stored].null_count() == read.height:
            continue
        texts = read[column.stored]
        find = _list_of(registry) if column.type is Type.LIST else _code_of(registry)
        codes = {text: find(text) for text in texts.drop_nulls().unique()}
        if any(text != code for text, code in codes.items()):
            known = texts.replace_strict(codes, default=None, return_dtype=pl.String)
            read = read.with_columns(known.alias(column.stored))
        wrong = [code for code in codes.values() if unknown_items(registry, column, code)]
        if wrong and registry.closed:
            checks.append(_unknown(column, registry, list(dict.fromkeys(wrong))))
    return read, checks


def _code_of(registry: Registry) -> Callable[[str], str]:
    def find(text: str) -> str:
        return code_in(registry, text) or text

    return find


def _list_of(registry: Registry) -> Callable[[str], str]:
    def find(text: str) -> str:
        items = [
            (code_in(registry, item) or item) if isinstance(item, str) else item
            for item in msgspec.json.decode(text)
        ]
        return msgspec.json.encode(items).decode()

    return find


def code_in(registry: Registry, text: str) -> str | None:
    """Return the code a text represents, None where it is unknown."""
    if text in registry.titles:
        return text
    found = registry.names.get(fold_name(text))
    if found is None and text.isascii() and text.isdigit() and f"0{text}" in registry.titles:
        return f"0{text}"
    return found


def unknown_items(registry: Registry, column: Column, text: str) -> list[str]:
    """Return the texts of a cell that the registry does not hold."""
    if column.type is not Type.LIST:
        return [] if text in registry.titles else [text]
    items = msgspec.json.decode(text)
    return [item for item in items if isinstance(item, str) and item not in registry.titles]


def dangling_notices(good: pl.DataFrame, layout: Layout, context: Context) -> Iterator[Notice]:
    """Yield a notice for each distinct reference that no open registry holds yet."""
    for column in layout.columns:
        registry = registry_for(column, context)
        if registry is None or registry.closed or column.stored not in good.columns:
            continue
        texts = (
            good.select("import_row", column.stored)
            .drop_nulls()
            .unique(column.stored, keep="first", maintain_order=True)
        )
        for row, text in texts.head(MOST_SEARCHED).iter_rows():
            for item in unknown_items(registry, column, text):
                yield Notice(row, column.name, DANGLING, f"{registry.detail} Пока: «{item[:100]}».")


def _unknown(column: Column, registry: Registry, wrong: Sequence[str]) -> Check:
    nearest: list[NearestNames] = []
    offered: dict[str, list[str]] = {}

    def suggest(raw: str) -> Sequence[str]:
        if raw not in offered and len(offered) < MOST_SEARCHED:
            if not nearest:
                nearest.append(NearestNames(registry.names))
            offered[raw] = _suggestions(registry, nearest[0], raw)
        return offered.get(raw, [])

    def detail(text: str) -> str:
        items = unknown_items(registry, column, text)
        return _sentence(registry, items[0], suggest(items[0]), is_list=column.type is Type.LIST)

    details = {text: detail(text) for text in wrong}
    here = pl.col(column.stored)
    sentences = here.replace_strict(details, default=registry.detail, return_dtype=pl.String)

    def suggest_cell(raw: str) -> Sequence[str]:
        return suggest(raw) if column.type is not Type.LIST else []

    return Check(registry.unknown, column.name, sentences, here.is_in(list(wrong)), suggest_cell)


def _suggestions(registry: Registry, nearest: NearestNames, raw: str) -> list[str]:
    several = registry.shared_names.get(fold_name(raw))
    if several:
        return list(several)
    spoiled = spoiled_code(raw)
    meant = [spoiled[1]] if spoiled and spoiled[1] and spoiled[1] in registry.titles else []
    meant += [code for code in _without_marks(raw) if code in registry.titles]
    codes = [code for code in nearest.find(raw) if code not in meant]
    return [registry.titles.get(code) or code for code in [*meant, *codes]]


def _without_marks(raw: str) -> tuple[str, ...]:
    """Return what a code may be without the decimals or the grouping of a number."""
    digits = re.sub(r"[.,]0+$|[\s-]", "", raw)
    return (digits, f"0{digits}") if digits != raw and digits.isdigit() else ()


def _sentence(registry: Registry, text: str, offered: Sequence[str], *, is_list: bool) -> str:
    named = f" «{text[:100]}»" if is_list else ""
    several = registry.shared_names.get(fold_name(text))
    if several:
        return f"Так называются несколько: {', '.join(several[:LISTED])}. Укажите код."
    sentence = f"{registry.detail.rstrip('.')}{':' if named else ''}{named}."
    totals = total_row(text)
    if totals:
        return f"{sentence}{totals}"
    spoiled = spoiled_code(text)
    if spoiled:
        sentence += f" {spoiled[0]}"
    if offered:
        return f"{sentence} Возможно: {', '.join(f'«{one}»' for one in offered)}."
    known = list(registry.titles)
    if not known:
        return f"{sentence} Реестр пока пуст."
    rest = f" и ещё {len(known) - LISTED}" if len(known) > LISTED else ""
    source = f": {registry.source}" if rest and registry.source else ""
    return f"{sentence} Есть: {', '.join(known[:LISTED])}{rest}{source}."


def only_own_people(context: Context) -> Context:
    """Say of an unknown person that they are none of the sender's territories.

    Registries of people hold those of the sender's territories only, so whether somebody is
    unknown or another municipality's is not reported.
    """
    registries: Mapping[str, Registry] = context.get("registries", {})
    detail = message_for("PERSON_FORBIDDEN")
    own = {
        name: replace(one, unknown="TERRITORY_FORBIDDEN", detail=detail) if one.personal else one
        for name, one in registries.items()
    }
    return {**context, "registries": own}
