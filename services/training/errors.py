"""The errors of the training service: one class, one code, one kind."""

from shared.errors import Forbidden, NotFound, TooLarge


class NotEntitled(Forbidden):
    """The acting person's relation does not give this right."""

    code = "NOT_ENTITLED"
    title = "Отношение не даёт права"
    detail = "Ваше отношение к учителю или маршруту не даёт этого права."


class RecordUnknown(NotFound):
    """No current record has this code."""

    code = "RECORD_UNKNOWN"
    title = "Записи нет"

    def __init__(self, record: str) -> None:
        super().__init__(f"Записи «{record}» нет.")


class PreviewTooCostly(TooLarge):
    """A preview that would cost more than its stated bound."""

    code = "PREVIEW_TOO_COSTLY"
    title = "Слишком большой расчёт"

    def __init__(self, cost: int, bound: int) -> None:
        super().__init__(
            f"Расчёт слишком велик: {cost} сравнений при пределе {bound}. Разделите задачу, "
            "например, по предметам или муниципалитетам."
        )
