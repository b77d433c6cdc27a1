"""What a spreadsheet shows of a number, by the format codes people really meet.

The expected texts are what Excel shows with Russian regional settings, with a point for the comma.
"""

import pytest

from shared.imports.defects import CellUnreadable
from shared.imports.number_formats import display_number, display_text

SHOWN = [
    (8000000, "00000000", "08000000"),
    (5, '"t-"000000', "t-000005"),
    (79123456789, r"\+0\ 000\ 000\-00\-00", "+7 912 345-67-89"),
    (20221227, r"0000\-00\-00", "2022-12-27"),
    (0.28, "0%", "28%"),
    (0.285, "0.0%", "28.5%"),
    (0.125, "0%", "13%"),
    (62.5, "0", "63"),
    (-62.5, "0", "-63"),
    (-0.3, "0", "0"),
    (99.95, "0.0", "100.0"),
    (1006, "#,##0", "1\u00a0006"),
    (100, "#,##0", "100"),
    (1234567.891, "#,##0.00", "1\u00a0234\u00a0567.89"),
    (12345678, "0.0,,", "12.3"),
    (12345678, '#,##0.0," тыс."', "12\u00a0345.7 тыс."),
    (5, '0 "чел."', "5 чел."),
    (5, "0_р_.", "5"),
    (1234567, '#,##0\\ "₽"', "1\u00a0234\u00a0567 ₽"),
    (1234, "[$$-409]#,##0", "$1\u00a0234"),
    (5.5, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "5.50"),
    (-5.5, "#,##0.00_);(#,##0.00)", "-5.50"),
    (5, "[Red][<10]0.00;[Blue]0", "5.00"),
    (50, "[Красный][<10]0.00;[Синий]0", "50"),
    (0, '0;-0;"нет"', "нет"),
    (1, '"да";;"нет"', "да"),
    (0.5, "#.##", "0.5"),
    (5, "#.##", "5"),
    (12345.678, "0.00E+00", "1.23E+04"),
    (68.3, "General", "68.3"),
    (0.1 + 0.2, "General", "0.3"),
    (1 / 3, "General", "0.333333333"),
    (83 + 1 / 3, "General", "83.33333333"),
    (12345678901, "General", "12345678901"),
    (123456789012, "General", "1.23457E+11"),
    (44986, "dd.mm.yyyy", "01.03.2023"),
    (44562, "dd.mmm", "01.янв"),
    (44986, "[$-FC19]dd\\ mmmm\\ yyyy\\ \\г\\.;@", "01 марта 2023 г."),
    (44986.75, "dd.mm.yyyy h:mm", "01.03.2023 18:00"),
    (1.5, "[h]:mm:ss", "36:00:00"),
    (0.75, "h:mm AM/PM", "6:00 PM"),
    (0.5, "mm:ss", "00:00"),
]


@pytest.mark.parametrize(("value", "code", "text"), SHOWN)
def test_a_number_is_what_its_cell_shows(value: float, code: str, text: str) -> None:
    assert display_number(value, code, since_1904=False).text == text


DATES = [
    (44986, "dd.mm.yyyy", False, "2023-03-01"),
    (43524, "dd.mm.yyyy", True, "2023-03-01"),
    (44986, "[$-419]mmmm yyyy", False, "2023-03"),
    (44986, "mmm.yy", False, "2023-03"),
    (44986, "mm/yyyy", False, "2023-03"),
    (44986, "yyyy", False, "2023"),
    (44986, "yyyy-mm-dd", False, "2023-03-01"),
    (44986, "dd.mm.yyyy h:mm", False, "2023-03-01"),
    (44986.4375, "dd.mm.yyyy h:mm", False, "2023-03-01T10:30:00"),
    (44986.4375, "dd.mm.yyyy", False, "2023-03-01"),
    (44986, "d mmm", False, None),
    (44986, "[h]:mm", False, None),
    (59, "dd.mm.yyyy", False, "1900-02-28"),
    (61, "dd.mm.yyyy", False, "1900-03-01"),
]


@pytest.mark.parametrize(("value", "code", "since_1904", "iso"), DATES)
def test_a_date_is_read_as_precisely_as_it_is_shown(
    value: float, code: str, since_1904: bool, iso: str | None
) -> None:
    assert display_number(value, code, since_1904=since_1904).date == iso


REFUSED = [
    (0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "VALUE_HIDDEN"),
    (5, ";;;", "VALUE_HIDDEN"),
    (5, '"—"', "VALUE_HIDDEN"),
    (200, "[<100]0", "VALUE_HIDDEN"),
    (0.5, "# ?/?", "FORMAT_UNSUPPORTED"),
    (5, "[DBNum1]0", "FORMAT_UNSUPPORTED"),
    (5, "0;0;0;@;0", "FORMAT_UNSUPPORTED"),
    (44986, "[$-407]mmmm yyyy", "FORMAT_UNSUPPORTED"),
    (44986, "m/d/yyyy", "MONTH_FIRST"),
    (44986, "mm-dd-yyyy", "MONTH_FIRST"),
    (60, "dd.mm.yyyy", "DATE_OUT_OF_RANGE"),
    (-1, "dd.mm.yyyy", "DATE_OUT_OF_RANGE"),
    (1e9, "dd.mm.yyyy", "DATE_OUT_OF_RANGE"),
]


@pytest.mark.parametrize(("value", "code", "fault"), REFUSED)
def test_what_cannot_be_told_is_refused(value: float, code: str, fault: str) -> None:
    with pytest.raises(CellUnreadable) as refused:
        display_number(value, code, since_1904=False)
    assert refused.value.code == fault


def test_a_text_is_shown_with_the_literals_of_its_format() -> None:
    assert display_text("08", "@") == "08"
    assert display_text("08", "00000") == "08"
    assert display_text("3", '"№ "@') == "№ 3"
    with pytest.raises(CellUnreadable):
        display_text("secret", ";;;")
