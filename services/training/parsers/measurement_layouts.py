"""What says how exact a diagnostic is."""

from shared.imports.columns import Column, Type

ERROR = Column(
    name="error",
    title="Ошибка измерения",
    explanation="Стандартная ошибка измерения в баллах, если она известна.",
    type=Type.DECIMAL,
    example="4,5",
    required=False,
    low=0,
    high=1_000_000_000,
)
