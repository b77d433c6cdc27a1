"""Periods of monitoring: a year «2022» or two neighbouring ones «2022-2023»."""

import re
from datetime import date

PATTERN = r"^\d{4}(-\d{4})?$"

_PERIOD = re.compile(PATTERN, re.ASCII)


def is_period(text: str) -> bool:
    """Say whether a text is a period."""
    return _PERIOD.fullmatch(text) is not None


def period_number(period: str) -> int:
    """Return the number under which a period is stored: 2022, or 20222023."""
    return int(period.replace("-", ""))


def period_text(number: int) -> str:
    """Return the period stored under a number: the inverse of `period_number`."""
    digits = str(number)
    return digits if len(digits) <= len("2022") else f"{number // 10000:04}-{number % 10000:04}"


def first_day(period: str) -> date:
    """Return 1 January of a period's first year; a year 0000 counts as the first one."""
    return date(max(1, int(period[:4])), 1, 1)
