"""What a spreadsheet did to a text that is no valid value, said so that it can be mended."""

import json
import re

from shared.imports.columns import DATES, FREE_TEXTS, NUMBERS, Column
from shared.imports.defects import DATA

SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
WORDS = json.loads((DATA / "calendar_words.json").read_bytes())
MONTHS: dict[str, int] = {
    name[:3].lower(): number
    for names in (WORDS["short_months"], WORDS["english_months"])
    for number, name in enumerate(names, 1)
}
DAY_MONTH = re.compile(
    r"(?P<day>[0-9]{1,2})[.\- ](?P<month>[а-яa-z]{3})[а-яa-z]*\.?", re.IGNORECASE
)
MONTH_DAY = re.compile(r"(?P<month>[а-яa-z]{3})[а-яa-z]*\.?[.\- ](?P<day>[0-9]{2})", re.IGNORECASE)
DAY = re.compile(
    r"(?:(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.[0-9]{2,4}"
    r"|[0-9]{4}-(?P<month2>[0-9]{2})-(?P<day2>[0-9]{2}))(?: 0?0:00(?::00)?)?"
)
ERROR = re.compile(
    r"#(?:Н/Д|ЗНАЧ!|ССЫЛКА!|ДЕЛ/0!|ИМЯ\?|ЧИСЛО!|ПУСТО!|N/A|VALUE!|REF!|DIV/0!|NAME\?|NUM!)"
)
SHORT_YEAR = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2}")
SLASHED = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
TOTAL = re.compile(
    r"(?:итого|всего|в среднем|среднее(?: значение)?|сумма|total)(?:[ :].*)?", re.IGNORECASE
)
AS_TEXT = "задайте столбцу формат «Текстовый» и впишите значение заново"


def spoiled_code(text: str) -> tuple[str, str | None] | None:
    """Tell how a spreadsheet spoiled a code, and what the code may have been."""
    if SCIENTIFIC.fullmatch(text):
        return f"Excel показал код степенью числа: {AS_TEXT}.", None
    found = DAY_MONTH.fullmatch(text)
    if found and (month := _month(found["month"])):
        meant = f"{int(found['day'])}.{month}"
        return f"Похоже, Excel превратил код в дату: вероятно, было {meant}; {AS_TEXT}.", meant
    found = MONTH_DAY.fullmatch(text)
    if found and (month := _month(found["month"])):
        meant = f"{month}.{int(found['day'])}"
        return f"Похоже, Excel превратил код в дату: вероятно, было {meant}; {AS_TEXT}.", meant
    found = DAY.fullmatch(text)
    if found:
        day, month = found["day"] or found["day2"], int(found["month"] or found["month2"])
        meant = f"{int(day)}.{month}"
        return f"Похоже, Excel превратил код в дату: вероятно, было {meant}; {AS_TEXT}.", meant
    return None


def total_row(text: str) -> str:
    """Return a sentence about a text that names a row of totals, else nothing."""
    found = TOTAL.fullmatch(text.strip())
    return " Похоже на строку итогов: удалите её из файла." if found else ""


def _month(name: str) -> int | None:
    return MONTHS.get(name.lower())


def hint(column: Column, raw: str | None) -> str:
    """Return a further sentence for a fault of a cell, blank where nothing can be added."""
    text = (raw or "").strip()
    if ERROR.fullmatch(text):
        return f" В ячейке ошибка Excel {text}: исправьте формулу или впишите значение."
    if column.type in DATES:
        return _date_hint(text)
    if column.type in NUMBERS:
        return _number_hint(text)
    spoiled = spoiled_code(text) if column.type in FREE_TEXTS else None
    return f" {spoiled[0]}" if spoiled else ""


def _date_hint(text: str) -> str:
    if SHORT_YEAR.fullmatch(text):
        return " Год нужен четырьмя цифрами."
    if SLASHED.fullmatch(text):
        return " День и месяц через косую черту читаются двояко: напишите их через точку."
    return " Ожидается день без времени суток." if ":" in text else ""


def _number_hint(text: str) -> str:
    if SCIENTIFIC.fullmatch(text):
        return " Excel показал число степенью: задайте столбцу числовой формат."
    if text.endswith("%"):
        return " Проценты здесь не ожидаются."
    if spoiled_code(text):
        return " Похоже, Excel превратил число в дату: задайте столбцу числовой формат."
    return ""
