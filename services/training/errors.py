"""The errors of the training service: one class, one code, one kind."""

from shared.errors import Forbidden, Invalid


class NotEntitled(Forbidden):
    """The acting person's relation does not give this right."""

    def __init__(self) -> None:
        super().__init__(
            "NOT_ENTITLED", "Ваше отношение к учителю или маршруту не даёт этого права."
        )


class PreviewTooCostly(Invalid):
    """A preview that would cost more than its stated bound."""

    def __init__(self, cost: int, bound: int) -> None:
        super().__init__(
            "TOO_LARGE",
            f"Расчёт слишком велик: {cost} сравнений при пределе {bound}. Разделите задачу, "
            "например, по предметам или муниципалитетам.",
        )
