"""What sending data, and asking about what was sent, can fail with."""

from collections.abc import Sequence

from shared.errors import FieldError, Invalid, NotFound


class ImportKindUnknown(Invalid):
    """The request names a kind of data that is not read here."""

    code = "KIND_UNKNOWN"
    title = "Неизвестный вид данных"

    def __init__(self, known: Sequence[str]) -> None:
        detail = "Известные виды данных: " + ", ".join(known) + "."
        super().__init__(detail, errors=[FieldError("/query/kind", "CHOICE", detail)])


class TemplateUnknown(NotFound):
    """There is no template of this kind of data."""

    code = "TEMPLATE_UNKNOWN"
    title = "Нет такого шаблона"

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__("Известные виды данных: " + ", ".join(known) + ".")


class SliceInvalid(Invalid):
    """The named slice is not one this kind of data has, or is named in part only."""

    code = "SLICE_INVALID"
    title = "Срез назван неверно"


class ImportUnknown(NotFound):
    """There is no import with this number."""

    code = "IMPORT_UNKNOWN"
    title = "Такой загрузки нет"


class BodyIncomplete(Invalid):
    """The sender went away before the end of the body."""

    code = "BODY_INCOMPLETE"
    title = "Тело запроса оборвалось"
