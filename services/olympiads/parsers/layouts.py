"""Layouts of everything that is imported: results, thresholds, maxima, diplomas, participants.

The rules see columns of canonical text. The context holds the registries of seasons and subjects,
`maxima`, the given maximum by «season|stage|subject|grade», and `reached`, the greatest
stored score by the same.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import polars as pl

from shared.imports.columns import Check, Column, Context, Layout, Type, Unit
from shared.imports.oktmo import municipality_check, municipality_column

OPAQUE = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
OPAQUE_FORM = "до 64 латинских букв, цифр и знаков . _ : -"
STAGES = ("school", "municipal", "regional", "final")
STAGE_TITLES = (
    "школьный|школьный этап",
    "муниципальный|муниципальный этап",
    "региональный|региональный этап",
    "заключительный|заключительный этап",
)
STAGE_BEFORE = dict(pairwise(reversed(STAGES)))
POINTS = r"[0-9]{1,9}(\.[0-9]{1,12})?"
EXACT = pl.Decimal(38, 12)

SEASON = Column(
    name="season",
    title="Сезон",
    example="2022-2023",
    explanation="Учебный год.",
    registry="season",
    max_length=20,
)
SUBJECT = Column(
    name="subject",
    title="Предмет",
    example="physics",
    explanation="Код или название предмета.",
    registry="subject",
    max_length=200,
)
PARTICIPANT = Column(
    name="participant",
    title="Участник",
    example="p-4f1c",
    explanation="Непрозрачная ссылка, не имя и не номер документа.",
    pattern=OPAQUE,
    form=OPAQUE_FORM,
)


def stage(explanation: str, example: str = "municipal") -> Column:
    """Return the column of the stage with what it means here."""
    return Column(
        name="stage",
        title="Этап",
        example=example,
        explanation=explanation,
        choices=STAGES,
        choice_titles=STAGE_TITLES,
    )


def grade(name: str, title: str, *, required: bool = True) -> Column:
    """Return a column of a school grade."""
    return Column(
        name=name,
        title=title,
        type=Type.INTEGER,
        required=required,
        example="9",
        explanation="От 1 до 11.",
        low=1,
        high=11,
    )


def points(name: str, title: str, example: str, *, required: bool = True) -> Column:
    """Return a column of an exact number of points."""
    return Column(
        name=name,
        title=title,
        type=Type.DECIMAL,
        required=required,
        example=example,
        explanation="Точное число баллов.",
        pattern=POINTS,
        form="число не меньше нуля",
        units=(Unit.POINTS,),
    )


def threshold_checks(context: Context) -> Sequence[Check]:
    """Refuse thresholds that admit to the first stage or come above the maximum of their work."""
    scored_at = pl.col("stage").replace_strict(STAGE_BEFORE, default=None, return_dtype=pl.String)
    return [
        Check(
            "STAGE_HAS_NONE",
            "stage",
            "На школьный этап порога не бывает.",
            pl.col("stage") == "school",
        ),
        *_above_maximum(context, scored_at, "grade"),
    ]


THRESHOLD_COLUMNS = (
    SEASON,
    stage("На который допускает порог; баллы — предыдущего этапа.", "regional"),
    SUBJECT,
    grade("grade", "Класс задания"),
    points("score", "Проходной балл", "14"),
    Column(
        name="percent",
        title="Процент",
        type=Type.DECIMAL,
        required=False,
        example="28",
        explanation="Как напечатан: число знаков важно.",
        low=0,
        high=100,
        pattern=POINTS,
        form="число от 0 до 100",
        units=(Unit.PERCENT,),
    ),
    Column(
        name="tie_policy",
        title="Равные баллы",
        required=False,
        example="not_stated",
        explanation="Что сделано с группой на границе квоты.",
        choices=("reject", "admit", "not_stated"),
        choice_titles=("не допущены", "допущены", "не указано"),
    ),
)


def basis(*, required: bool) -> tuple[Column, Column]:
    """Return the columns of the document that allows the threshold."""
    return (
        Column(
            name="basis_document",
            title="Документ",
            required=required,
            example="Распоряжение № 1701",
            explanation="Основание порога.",
        ),
        Column(
            name="basis_date",
            title="Дата документа",
            explanation="День подписания.",
            type=Type.DATE,
            required=False,
            example="2022-12-27",
        ),
    )


KEY = ("season", "stage", "subject", "grade")
PUBLISHED = Layout(
    columns=(*THRESHOLD_COLUMNS, *basis(required=True)),
    key=KEY,
    checks=threshold_checks,
    affected_keys=("season",),
)
DRAFTS = Layout(
    columns=(*THRESHOLD_COLUMNS, *basis(required=False)),
    key=KEY,
    checks=threshold_checks,
    affected_keys=("season",),
)
DECLARED = Layout(
    columns=(
        SEASON,
        stage("На котором выполняли работу."),
        SUBJECT,
        grade("grade", "Класс"),
        Column(
            name="count",
            title="Выполнили не менее 75 %",
            type=Type.FIGURE,
            example="2",
            explanation="Прочерк — неприменимо, это не ноль.",
            pattern=r"-|[0-9]{1,9}",
            form="целое число или прочерк",
        ),
    ),
    key=KEY,
    affected_keys=("season",),
)


def maximum_checks(context: Context) -> Sequence[Check]:
    """Refuse a maximum that is not above zero, or that somebody is known to have passed."""
    maximum = pl.col("maximum").cast(EXACT, strict=False)
    checks = [
        Check(
            "MAXIMUM_NOT_POSITIVE",
            "maximum",
            "Максимальный балл должен быть больше нуля.",
            maximum <= 0,
        ),
    ]
    if context["reached"]:
        reached = _looked_up(context["reached"], pl.col("stage"), "grade")
        detail = pl.concat_str(
            pl.lit("Есть результат "), reached, pl.lit(": исправьте сначала его или максимум.")
        )
        passed = maximum < reached.cast(EXACT)
        checks.append(Check("MAXIMUM_BELOW_SCORES", "maximum", detail, passed))
    return checks


MAXIMA = Layout(
    columns=(
        SEASON,
        stage("На котором выполняли работу."),
        SUBJECT,
        grade("grade", "Класс задания"),
        points("maximum", "Максимальный балл", "50"),
    ),
    key=KEY,
    checks=maximum_checks,
    affected_keys=("season",),
)


def result_checks(context: Context) -> Sequence[Check]:
    """Refuse tasks below the grade, missing scores that are not void, scores above the maximum."""
    study, task = (pl.col(c).cast(pl.Int16, strict=False) for c in ("study_grade", "task_grade"))
    valid = pl.col("status") != "void"
    return [
        Check(
            "TASK_BELOW_GRADE",
            "task_grade",
            "Задание младшего класса выполнять нельзя.",
            task < study,
        ),
        municipality_check("municipality"),
        Check("SCORE_MISSING", "score", "Нет балла.", valid & pl.col("score").is_null()),
        *_above_maximum(context, pl.col("stage"), "task_grade"),
    ]


def _above_maximum(context: Context, scored_at: pl.Expr, grade_column: str) -> list[Check]:
    """Refuse scores above the given maximum of the stage at which they were got."""
    if not context["maxima"]:
        return []
    known = _looked_up(context["maxima"], scored_at, grade_column)
    maximum = known.cast(EXACT)
    above = pl.col("score").cast(EXACT, strict=False) > maximum
    detail = pl.concat_str(pl.lit("Балл больше максимального: наибольший — "), known, pl.lit("."))
    return [Check("SCORE_ABOVE_MAXIMUM", "score", detail, above)]


def _looked_up(known: Mapping[str, str], stage: pl.Expr, grade_column: str) -> pl.Expr:
    """Return the number known of a row's «season|stage|subject|grade», null where there is none."""
    key = pl.concat_str(["season", stage, "subject", grade_column], separator="|")
    return key.replace_strict(dict(known), default=None, return_dtype=pl.String)


RESULTS = Layout(
    columns=(
        SEASON,
        stage("На котором получен результат."),
        SUBJECT,
        PARTICIPANT,
        grade("study_grade", "Класс обучения"),
        grade("task_grade", "Класс задания"),
        municipality_column("municipality", "Муниципалитет", "ОКТМО.", example="08701000"),
        Column(
            name="school",
            title="Школа",
            explanation="Непрозрачная ссылка на школу.",
            example="school-12",
            pattern=OPAQUE,
            form=OPAQUE_FORM,
        ),
        points("score", "Балл", "31.5", required=False),
        Column(
            name="status",
            title="Статус",
            example="participant",
            choices=("winner", "prize", "participant", "void"),
            choice_titles=("победитель", "призёр", "участник", "аннулирован"),
            explanation="void — результат аннулирован.",
        ),
        Column(
            name="state",
            title="Состояние",
            example="final",
            choices=("preliminary", "after_appeals", "final"),
            choice_titles=("предварительный", "после апелляций", "окончательный"),
            explanation="Предварительный, после апелляций, окончательный.",
        ),
        Column(
            name="consent",
            title="Согласие",
            explanation="Дано ли согласие на обработку данных.",
            type=Type.BOOLEAN,
            example="да",
        ),
    ),
    key=("season", "stage", "subject", "participant"),
    checks=result_checks,
    affected_keys=("season", "stage"),
)
DIPLOMAS = Layout(
    columns=(
        SEASON,
        stage("На котором получен диплом.", "regional"),
        SUBJECT,
        PARTICIPANT,
        grade("study_grade", "Класс обучения", required=False),
        Column(
            name="degree",
            title="Степень",
            explanation="Победитель или призёр.",
            example="prize",
            choices=("winner", "prize"),
            choice_titles=("победитель", "призёр"),
        ),
    ),
    key=("season", "stage", "subject", "participant"),
    affected_keys=("season",),
)


def participant_checks(_context: Context) -> Sequence[Check]:
    """Refuse the clause for pupils abroad without its basis."""
    bare = (pl.col("abroad") == "true") & pl.col("abroad_basis").is_null()
    return [
        Check("BASIS_REQUIRED", "abroad_basis", "Укажите основание.", bare),
    ]


def flag(name: str, title: str, explanation: str) -> Column:
    """Return an optional yes-or-no column."""
    return Column(
        name=name,
        title=title,
        type=Type.BOOLEAN,
        required=False,
        example="да",
        explanation=explanation,
    )


PARTICIPANTS = Layout(
    columns=(
        SEASON,
        PARTICIPANT,
        grade("study_grade", "Класс обучения", required=False),
        flag("enrolled", "Обучается", "Учится ли сейчас в школе."),
        flag("consent", "Согласие", "Дано ли согласие на обработку данных."),
        flag("abroad", "За рубежом", "Допуск без балла по решению организатора."),
        Column(
            name="abroad_basis",
            title="Основание",
            required=False,
            example="Решение оргкомитета № 2",
            explanation="Документ допуска без балла.",
        ),
    ),
    key=("season", "participant"),
    checks=participant_checks,
    affected_keys=("season",),
)
REFUSALS = Layout(
    columns=(SEASON, stage("От участия в котором отказались.", "regional"), SUBJECT, PARTICIPANT),
    key=("season", "stage", "subject", "participant"),
    affected_keys=("season",),
)
