"""Columns that several kinds of training share."""

from shared.imports.columns import Column, Type, Unit

REF = r"[A-Za-z0-9_.:\-]{1,128}"
REF_FORM = "до 128 латинских букв, цифр и знаков . _ : -"


def ref_column(
    name: str,
    title: str,
    example: str,
    explanation: str,
    *,
    required: bool = True,
    registry: str | None = None,
) -> Column:
    """Return a column of opaque references to people."""
    return Column(
        name=name,
        title=title,
        example=example,
        explanation=explanation,
        required=required,
        registry=registry,
        pattern=REF,
        form=REF_FORM,
        max_length=128,
    )


def flag_column(name: str, title: str, explanation: str) -> Column:
    """Return an optional column of yes or no."""
    return Column(
        name=name,
        title=title,
        type=Type.BOOLEAN,
        required=False,
        example="нет",
        explanation=explanation,
    )


def day_column(name: str, title: str, explanation: str, *, required: bool = False) -> Column:
    """Return a column of days."""
    return Column(
        name=name,
        title=title,
        type=Type.DATE,
        required=required,
        example="2023-03-01",
        explanation=explanation,
    )


def whole_column(
    name: str,
    title: str,
    example: str,
    explanation: str,
    *,
    required: bool = False,
    high: int = 1_000_000,
    units: tuple[Unit, ...] = (),
) -> Column:
    """Return a column of whole numbers from 0."""
    return Column(
        name=name,
        title=title,
        type=Type.INTEGER,
        required=required,
        example=example,
        explanation=explanation,
        low=0,
        high=high,
        units=units,
    )


TEACHER = ref_column(
    "teacher",
    "Учитель",
    "t-000001",
    "Непрозрачная ссылка исходной системы, не имя.",
    registry="teacher",
)
