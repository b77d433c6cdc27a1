"""Forms by meaning: one reader for each, whatever column has it; references by code and by name."""

import polars as pl
import pytest

from services.olympiads.parsers import layouts as olympiads
from services.ratings.parsers.observation_layout import LAYOUT as OBSERVATIONS
from services.training.parsers import learning_layouts, people_layouts
from services.training.parsers import measure_layouts as measures
from services.training.parsers import programme_layouts as training
from shared.imports.checks import Examined, examine
from shared.imports.columns import ROW, Column, Layout, Type, registry_of
from shared.imports.dates import read_day, read_day_or_month, read_spans
from shared.imports.names import NearestNames, fold_name

DAYS = {
    "2023-03-01": "2023-03-01",
    "01.03.2023": "2023-03-01",
    "1.3.2023": "2023-03-01",
    "01.03.2023 г.": "2023-03-01",
    "1 марта 2023": "2023-03-01",
    "1 марта 2023 г.": "2023-03-01",
    "01 мар. 2023": "2023-03-01",
    "27.12.2022 0:00:00": "2022-12-27",
    "27.12.2022 00:00": "2022-12-27",
    "2022-12-27T00:00:00": "2022-12-27",
    "2022-12-27 00:00:00.000": "2022-12-27",
    "27.12.2022 9:30:00": None,
    "27.12.22": None,
    "03/04/2023": None,
    "31.02.2023": None,
    "01.янв": None,
    "2023-03": None,
    "0001-01-01": None,
    "٢٠٢٣-٠٣-٠١": None,
}
MONTHS = {
    "2023-03": "2023-03",
    "03.2023": "2023-03",
    "3.2023": "2023-03",
    "март 2023": "2023-03",
    "Март 2023 г.": "2023-03",
    "мар. 2023": "2023-03",
    "марта 2023": "2023-03",
    "01.03.2023": "2023-03-01",
    "13.2023": None,
    "мартобрь 2023": None,
    "2023": None,
    "март": None,
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day_is_read_as_people_and_1c_write_it(text: str, day: str | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(("text", "when"), MONTHS.items())
def test_a_month_is_no_day(text: str, when: str | None) -> None:
    assert read_day_or_month(text) == when


@pytest.mark.parametrize(
    "text",
    [
        "2023-03-01..2023-03-10",
        "01.03.2023..10.03.2023",
        "01.03.2023 - 10.03.2023",
        "01.03.2023–10.03.2023",
        "с 01.03.2023 по 10.03.2023",
        "с 1 марта 2023 по 10 марта 2023 г.",
    ],
)
def test_a_span_of_days_has_many_forms(text: str) -> None:
    assert read_spans([text]) == ["2023-03-01..2023-03-10"]


def test_a_span_in_the_wrong_order_is_none() -> None:
    assert read_spans(["10.03.2023..01.03.2023"]) is None
    assert read_spans(["01.03.2023"]) == ["2023-03-01..2023-03-01"]


def checked(layout: Layout, **cells: str) -> Examined:
    """Examine one row: the examples of the required columns, and these cells."""
    texts = {c.stored: c.example if c.required else None for c in layout.columns}
    texts |= {"score": "31.5"} if layout is olympiads.RESULTS else {}
    frame = pl.DataFrame(
        {ROW: [2], **{name: [cells.get(name, text)] for name, text in texts.items()}},
        schema={ROW: pl.Int32, **dict.fromkeys(texts, pl.String)},
    )
    return examine(frame, layout, CONTEXT, {})


CONTEXT = {
    "registries": {
        "season": registry_of({"2022-2023": ""}, "SEASON_UNKNOWN", "Сезон не зарегистрирован."),
        "subject": registry_of(
            {"mathematics": "Математика", "physics": "Физика", "russian": "Русский язык"},
            "SUBJECT_UNKNOWN",
            "Предмет не зарегистрирован.",
        ),
        "tier": registry_of(
            dict(zip(training.TIERS, training.TIER_TITLES, strict=True)), "CHOICE", "Нет уровня."
        ),
        "programme": registry_of({"rum": "РУМ"}, "PROGRAMME_UNKNOWN", "Нет.", closed=False),
        "territory": registry_of(
            {
                "08000000": "Хабаровский край",
                "10000000": "Амурская область",
                "05000000": "Приморский край",
                "64000000": "Сахалинская область",
            },
            "TERRITORY_UNKNOWN",
            "Такой территории в реестре нет.",
        ),
    },
    "maxima": {},
    "reached": {},
    "programmes": {"rum": 1},
    "territories": {"08000000": 1, "10000000": 2, "05000000": 3, "64000000": 4},
    "indicators": {"rum 1.1": 1, "rum 1.2": 2, "rum 1.4": 3},
    "domains": ((1, 2, 3), (0.0, 0.0, 0.0), (100.0, 100.0, 100.0)),
    "scales": {"geometry-2023": ("0", "100")},
}

GOOD = [
    (olympiads.DRAFTS, "percent", "28 %", "28"),
    (olympiads.DRAFTS, "percent", "28,5%", "28.5"),
    (olympiads.DRAFTS, "score", "14 баллов", "14"),
    (olympiads.DRAFTS, "subject", "Физика", "physics"),
    (olympiads.DRAFTS, "stage", "региональный", "regional"),
    (olympiads.DRAFTS, "season", "2022–2023", "2022-2023"),
    (olympiads.DRAFTS, "basis_date", "27.12.2022 0:00:00", "2022-12-27"),
    (olympiads.RESULTS, "status", "Призёр", "prize"),
    (olympiads.RESULTS, "status", "призер", "prize"),
    (olympiads.RESULTS, "state", "после апелляций", "after_appeals"),
    (olympiads.RESULTS, "score", "31,5 балла", "31.5"),
    (olympiads.MAXIMA, "maximum", "50 баллов", "50"),
    (training.EVENTS, "from", "март 2023", None),
    (training.EVENTS, "seats", "25 чел.", "25"),
    (training.EVENTS, "seats", "1 006 человек", "1006"),
    (training.EVENTS, "kind", "Съезд", "congress"),
    (training.EVENTS, "state", "запланировано", "planned"),
    (training.EVENTS, "subject", "русский язык", "russian"),
    (training.EVENTS, "tiers", "профильный|олимпиадный", '["profile","olympiad"]'),
    (training.HEADCOUNTS, "headcount", "747 учителей", "747"),
    (measures.MEASURES, "to", "27 декабря 2022 г.", "2022-12-27"),
    (measures.MEASURES, "state", "выполнено", "done"),
    (people_layouts.TEACHERS, "subjects", "математика|Физика", '["mathematics","physics"]'),
    (people_layouts.TEACHERS, "busy", "01.03.2023..10.03.2023", '["2023-03-01..2023-03-10"]'),
    (people_layouts.TEACHERS, "attestation_due", "01.09.2024", "2024-09-01"),
    (people_layouts.TEACHERS, "experience", "12 лет", "12"),
    (people_layouts.TEACHERS, "young_specialist", "ИСТИНА", "true"),
    (people_layouts.ACTIVISTS, "role", "наставник", "mentor"),
    (people_layouts.PROGRAMMES, "hours", "36 ч.", "36"),
    (learning_layouts.RESULTS, "score", "85%", "85"),
    (learning_layouts.RESULTS, "taken_on", "01.03.2023", "2023-03-01"),
]


@pytest.mark.parametrize(("layout", "column", "text", "value"), GOOD)
def test_a_form_is_read_in_every_column_that_has_it(
    layout: Layout, column: str, text: str, value: str | None
) -> None:
    more = {"to": "апрель 2023"} if value is None else {}
    found = checked(layout, **{column: text}, **more)
    assert not found.rejected, found.rejected[0].defects
    assert found.good[column].to_list() == [value or "2023-03"]


BAD = [
    (olympiads.DRAFTS, "score", "28%", "NOT_A_NUMBER", "Проценты здесь не ожидаются"),
    (olympiads.DRAFTS, "percent", "120", "RANGE", "от 0 до 100"),
    (olympiads.DRAFTS, "subject", "Физико", "SUBJECT_UNKNOWN", "«Физика»"),
    (olympiads.DRAFTS, "stage", "районный", "CHOICE", "regional (региональный)"),
    (olympiads.DRAFTS, "basis_date", "27.12.22", "NOT_A_DATE", "четырьмя цифрами"),
    (olympiads.RESULTS, "municipality", "8701000", "TERRITORY_UNKNOWN", "восемь цифр"),
    (olympiads.RESULTS, "municipality", "99999999", "TERRITORY_UNKNOWN", "восемь цифр"),
    (olympiads.RESULTS, "participant", "Иванов Иван", "PATTERN", "латинских букв"),
    (training.EVENTS, "from", "03/04/2023", "NOT_A_DAY_OR_MONTH", "через точку"),
    (training.EVENTS, "zone", "99999999", "TERRITORY_UNKNOWN", "восемь цифр"),
    (training.EVENTS, "tiers", "профиль", "CHOICE", "профильный"),
    (people_layouts.TEACHERS, "municipality", "99999999", "TERRITORY_UNKNOWN", "08701000"),
    (people_layouts.TEACHERS, "subjects", "маткматика", "SUBJECT_UNKNOWN", "«Математика»"),
    (people_layouts.TRAVEL, "origin", "123", "TERRITORY_UNKNOWN", "восемь цифр"),
    (OBSERVATIONS, "territory", "Хабаровская область", "TERRITORY_UNKNOWN", "«Хабаровский край»"),
    (OBSERVATIONS, "indicator", "01.янв", "INDICATOR_UNKNOWN", "Есть: 1.1, 1.2, 1.4"),
    (OBSERVATIONS, "value", "120", "OUT_OF_DOMAIN", "от 0 до 100"),
    (OBSERVATIONS, "value", "", "VALUE_MISSING", "«н/д»"),
    (OBSERVATIONS, "value", "#Н/Д", "NOT_A_FIGURE", "#Н/Д"),
    (OBSERVATIONS, "value", "около 50", "NOT_A_FIGURE", "Не число"),
    (OBSERVATIONS, "value", "0,05 тыс.", "NOT_A_FIGURE", "Не число"),
    (OBSERVATIONS, "value", "9,8E+01", "NOT_A_FIGURE", "степенью"),
    (training.EVENTS, "seats", "1,2 тыс. чел.", "NOT_AN_INTEGER", "Не целое"),
    (OBSERVATIONS, "period", "22", "PATTERN", "год или два соседних года"),
    (OBSERVATIONS, "status", "мало", "CHOICE", "missing (н/д)"),
]


@pytest.mark.parametrize(("layout", "column", "text", "code", "said"), BAD)
def test_a_fault_says_what_mends_it(
    layout: Layout, column: str, text: str, code: str, said: str
) -> None:
    (row,) = checked(layout, **{column: text}).rejected
    faults = [d for d in row.defects if d.column == column]
    assert [d.code for d in faults] == [code]
    assert said in faults[0].detail + " ".join(faults[0].suggestions)
    assert "[0-9" not in faults[0].detail


def test_a_lost_zero_is_given_back_where_one_code_fits() -> None:
    found = checked(OBSERVATIONS, territory="8000000", value="99")
    assert found.good["territory_id"].to_list() == [1]
    offered = checked(olympiads.RESULTS, municipality="8701000").rejected[0].defects[0]
    assert offered.suggestions == ("08701000",)
    spoiled = checked(OBSERVATIONS, indicator="2023-04-01", value="9").rejected[0].defects[0]
    assert spoiled.suggestions == ("1.4",)
    comma = checked(OBSERVATIONS, indicator="1,1", value="9").rejected[0].defects[0]
    assert comma.suggestions == ("1.1",)


@pytest.mark.parametrize(
    ("value", "status", "stored"),
    [
        ("н/д", None, (0, 1)),
        ("НД", None, (0, 1)),
        ("…", None, (0, 1)),
        ("х", None, (0, 2)),
        ("неприменимо", None, (0, 2)),
        ("-", None, (0, 2)),
        (None, "н/д", (0, 1)),
        (None, "неприменимо", (0, 2)),
        ("н/д", "missing", (0, 1)),
        ("98,5", None, (985, 0)),
    ],
)
def test_an_absent_value_says_why(
    value: str | None, status: str | None, stored: tuple[int, int]
) -> None:
    found = checked(OBSERVATIONS, value=value or "", status=status or "")
    assert not found.rejected, found.rejected[0].defects
    assert found.good.select("scaled", "status").rows() == [stored]


def test_a_reference_that_may_come_later_is_a_notice() -> None:
    found = checked(training.EVENTS, programme="ppk-new", to="2023-04", **{"from": "2023-03"})
    assert not found.rejected
    assert [(n.row, n.column, n.code) for n in found.notices] == [
        (2, "programme", "dangling_reference")
    ]


def test_the_nearest_name_is_by_what_is_rare_in_it() -> None:
    names = NearestNames(
        {
            fold_name(name): name
            for name in (
                "Хабаровский край",
                "Амурская область",
                "Сахалинская область",
                "Ханты-Мансийский автономный округ — Югра",
                "Республика Саха (Якутия)",
            )
        }
    )
    assert names.find("Хабаровская область")[0] == "Хабаровский край"
    assert names.find("Якутия")[0] == "Республика Саха (Якутия)"
    assert names.find("Ханты Мансийский АО")[0] == "Ханты-Мансийский автономный округ — Югра"
    assert names.find("zzz") == []


def test_nothing_more_is_said_of_a_cell_that_cannot_be_read() -> None:
    layout = Layout(
        columns=(Column(name="n", title="N", type=Type.INTEGER, low=1, high=5),), key=("n",)
    )
    (row,) = checked(layout, n="five").rejected
    assert [d.code for d in row.defects] == ["NOT_AN_INTEGER"]
