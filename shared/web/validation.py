"""What pydantic found wrong with a request, as JSON pointers and Russian sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import FieldError

MESSAGES = {
    "missing": ("REQUIRED", "Обязательное поле отсутствует."),
    "extra_forbidden": ("UNKNOWN_FIELD", "Такого поля нет."),
    "json_invalid": ("JSON_INVALID", "Тело запроса — не JSON."),
    "string_type": ("TYPE", "Ожидается строка."),
    "int_type": ("TYPE", "Ожидается целое число."),
    "int_parsing": ("TYPE", "Ожидается целое число."),
    "int_from_float": ("TYPE", "Ожидается целое число."),
    "float_type": ("TYPE", "Ожидается число."),
    "float_parsing": ("TYPE", "Ожидается число."),
    "finite_number": ("RANGE", "Ожидается конечное число."),
    "bool_type": ("TYPE", "Ожидается true или false."),
    "bool_parsing": ("TYPE", "Ожидается true или false."),
    "list_type": ("TYPE", "Ожидается список."),
    "dict_type": ("TYPE", "Ожидается объект."),
    "model_type": ("TYPE", "Ожидается объект."),
    "model_attributes_type": ("TYPE", "Ожидается объект."),
    "literal_error": ("CHOICE", "Недопустимое значение; ожидается: {expected}."),
    "enum": ("CHOICE", "Недопустимое значение; ожидается: {expected}."),
    "string_pattern_mismatch": ("PATTERN", "Значение не соответствует образцу {pattern}."),
    "string_too_long": ("LENGTH", "Не длиннее {max_length} знаков."),
    "string_too_short": ("LENGTH", "Не короче {min_length} знаков."),
    "too_long": ("LENGTH", "Не больше {max_length} элементов."),
    "too_short": ("LENGTH", "Не меньше {min_length} элементов."),
    "greater_than_equal": ("RANGE", "Не меньше {ge}."),
    "greater_than": ("RANGE", "Больше {gt}."),
    "less_than_equal": ("RANGE", "Не больше {le}."),
    "less_than": ("RANGE", "Меньше {lt}."),
    "date_from_datetime_parsing": ("DATE", "Ожидается дата ГГГГ-ММ-ДД."),
    "date_parsing": ("DATE", "Ожидается дата ГГГГ-ММ-ДД."),
    "datetime_from_date_parsing": ("DATE", "Ожидается момент по RFC 3339."),
    "datetime_parsing": ("DATE", "Ожидается момент по RFC 3339."),
    "timezone_aware": ("DATE", "Укажите часовой пояс."),
    "uuid_parsing": ("TYPE", "Ожидается UUID."),
    "decimal_parsing": ("TYPE", "Ожидается десятичное число."),
}
FALLBACK_MESSAGE = ("INVALID", "Недопустимое значение.")
MAX_ERRORS = 100


def pointer(location: Sequence[object]) -> str:
    """Return the JSON pointer of a pydantic location: `/query/limit`, `/body/rows/0/value`."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in location)


def field_errors(found: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Translate pydantic's errors, the first hundred of them."""
    return [_field_error(error) for error in found[:MAX_ERRORS]]


def _field_error(error: Mapping[str, Any]) -> FieldError:
    code, sentence = MESSAGES.get(str(error["type"]), FALLBACK_MESSAGE)
    told = {
        name: value.replace(" or ", " или ") if isinstance(value, str) else value
        for name, value in error.get("ctx", {}).items()
    }
    return FieldError(pointer(error["loc"]), code, sentence.format_map(_KnownContext(told)))


class _KnownContext(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
