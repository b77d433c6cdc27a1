"""The errors of the ratings service: one class, one code, one kind."""

from shared.errors import Invalid, NotFound


class SliceUnknown(NotFound):
    """No data of a programme and period are stored."""

    code = "SLICE_UNKNOWN"
    title = "Данных нет"

    def __init__(self, programme: str, period: str) -> None:
        super().__init__(f"Нет данных программы {programme} за {period}.")


class EffectInvalid(Invalid):
    """A question about an effect contradicts itself; `errors` say where."""

    code = "EFFECT_INVALID"
    title = "Вопрос об эффекте не понят"
    detail = "Вопрос об эффекте не понят: в нём есть ошибки."
