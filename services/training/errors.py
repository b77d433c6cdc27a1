"""The errors of the training service: one class, one code, one kind."""

from shared.errors import Invalid


class PreviewTooCostly(Invalid):
    """A preview that would cost more than its stated bound."""

    def __init__(self, cost: int, bound: int) -> None:
        super().__init__(
            "TOO_LARGE",
            f"Расчёт слишком велик: {cost} сравнений при пределе {bound}. Разделите задачу, "
            "например, по предметам или муниципалитетам.",
        )
