"""The errors of the ratings service: one class, one code, one kind."""

from shared.errors import Conflict, FieldError, Invalid, NotFound


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


class PlanUnknown(NotFound):
    """The measure has no plan of evaluation."""

    code = "EFFECT_PLAN_UNKNOWN"
    title = "Плана оценки нет"

    def __init__(self, measure: str) -> None:
        super().__init__(f"Плана оценки меры {measure} нет.")


class PlanFrozen(Conflict):
    """A frozen plan of evaluation never changes."""

    code = "EFFECT_PLAN_FROZEN"
    title = "План оценки заморожен"
    detail = "Замороженный план оценки не меняется: вывод нельзя подгонять под данные."


class MethodologyUnknown(NotFound):
    """No methodology has this number."""

    code = "METHODOLOGY_UNKNOWN"
    title = "Методики нет"

    def __init__(self, methodology: int) -> None:
        super().__init__(f"Методики {methodology} нет.")


class ProgrammeUnknown(NotFound):
    """The programme is not registered."""

    code = "PROGRAMME_UNKNOWN"
    title = "Программы нет"

    def __init__(self, programme: str) -> None:
        super().__init__(f"Программы {programme} нет.")


class IndicatorUnknown(NotFound):
    """The programme has no such indicator."""

    code = "INDICATOR_UNKNOWN"
    title = "Показателя нет"

    def __init__(self, programme: str, indicator: str) -> None:
        super().__init__(f"Показателя {indicator} у программы {programme} нет.")


class TerritoryNotRated(NotFound):
    """The territory is no unit of this rating."""

    code = "TERRITORY_NOT_RATED"
    title = "Территория в рейтинге не участвует"

    def __init__(self, territory: str) -> None:
        super().__init__(f"Для территории {territory} в этом рейтинге нет расчёта.")


class PeriodInvalid(Invalid):
    """A period is a year or two neighbouring years."""

    code = "PERIOD_INVALID"
    title = "Период указан неверно"
    detail = "Период — год или два соседних года через дефис."


class CodeReserved(Invalid):
    """The code is another address of the service."""

    code = "CODE_RESERVED"
    title = "Код занят"

    def __init__(self, code: str) -> None:
        detail = f"Слово {code} занято адресами сервиса."
        super().__init__(detail, errors=[FieldError("/code", self.code, detail)])


class ProgrammeExists(Conflict):
    """The programme is registered already."""

    code = "PROGRAMME_EXISTS"
    title = "Программа уже есть"

    def __init__(self, programme: str) -> None:
        super().__init__(f"Программа {programme} уже есть.")


class MethodologyInvalid(Invalid):
    """The methodology has faults; `errors` name each."""

    code = "METHODOLOGY_INVALID"
    title = "Методика не принята"
    detail = "Методика не принята: в ней есть ошибки."


class ProgrammeFixed(Invalid):
    """A draft stays with its programme."""

    code = "PROGRAMME_FIXED"
    title = "Программу черновика не меняют"

    def __init__(self) -> None:
        detail = "Черновик нельзя перенести в другую программу."
        super().__init__(detail, errors=[FieldError("/programme", self.code, detail)])


class VersionExists(Conflict):
    """The programme has a methodology of this version."""

    code = "VERSION_EXISTS"
    title = "Версия уже есть"

    def __init__(self, programme: str, version: str) -> None:
        super().__init__(f"У программы {programme} уже есть версия {version}.")


class NotDraft(Conflict):
    """Only a draft is changed or published."""

    code = "NOT_A_DRAFT"
    title = "Методика уже опубликована"
    detail = "Опубликованная методика не меняется: заведите новую версию."


class MethodologyNotPublished(Conflict):
    """Only a published methodology is archived."""

    code = "METHODOLOGY_NOT_PUBLISHED"
    title = "Методика не опубликована"
    detail = "Отправить в архив можно только опубликованную методику."


class NotPreliminary(Conflict):
    """Only a preliminary revision is published."""

    code = "NOT_PRELIMINARY"
    title = "Редакция не ждёт публикации"

    def __init__(self, number: int) -> None:
        super().__init__(f"Редакция {number} не ждёт публикации.")


class Superseded(Conflict):
    """A newer revision has taken the place of this one."""

    code = "SUPERSEDED"
    title = "Есть более новая редакция"


class RevisionNotPublished(Conflict):
    """Only a published revision is withdrawn."""

    code = "REVISION_NOT_PUBLISHED"
    title = "Редакция не опубликована"

    def __init__(self, number: int) -> None:
        super().__init__(f"Редакция {number} не опубликована.")


class NotComputed(Conflict):
    """The revision holds declared values without a calculation."""

    code = "NOT_COMPUTED"
    title = "Расчёта нет"
    detail = "У этой редакции нет расчёта: в ней только заявленные значения."


class PreviewInvalid(Invalid):
    """The body of a preview has faults; `errors` name each."""

    code = "PREVIEW_INVALID"
    title = "Расчёт не выполнен"
    detail = "В теле запроса есть ошибки, расчёт не выполнен."


class TooManyValues(Invalid):
    """A comparison would hold more values than its bound."""

    code = "TOO_MANY_VALUES"
    title = "Слишком много значений"

    def __init__(self, cells: int, bound: int) -> None:
        super().__init__(f"Сравнивать можно до {bound} значений, здесь их {cells}.")


class TooManyChildren(Invalid):
    """An exact split among so many indicators of one node would take too long."""

    code = "TOO_MANY_CHILDREN"
    title = "Слишком много показателей в узле"

    def __init__(self, node: str, different: int, bound: int) -> None:
        super().__init__(
            f"Вклад в разрыв вычисляется точно и не более чем для {bound} показателей узла, "
            f"а в узле «{node}» различаются {different}."
        )


class StabilityInvalid(Invalid):
    """The question about stability has faults; `errors` name each."""

    code = "STABILITY_INVALID"
    title = "Вопрос об устойчивости не понят"
    detail = "Вопрос об устойчивости не понят: в нём есть ошибки."


class DrawsOutOfRange(Invalid):
    """More trials, or fewer, than are held for so many units."""

    code = "DRAWS_OUT_OF_RANGE"
    title = "Число испытаний вне пределов"

    def __init__(self, units: int, most: int) -> None:
        super().__init__(
            f"Для {units} участников испытаний (индексы: 5 × выборка) — от 1 до {most}."
        )


class SpreadOutOfRange(Invalid):
    """The spread of weights is a share below one."""

    code = "SPREAD_OUT_OF_RANGE"
    title = "Размах весов вне пределов"
    detail = "Размах весов — доля от 0 до 1, меньше 1."


class NoAlternatives(Invalid):
    """Trials need a normalisation and a mean to choose from."""

    code = "NO_ALTERNATIVES"
    title = "Выбирать не из чего"
    detail = "Нужны хотя бы одно нормирование и одно среднее."


class NoneWithLowerBetter(Invalid):
    """Raw values do not fit where less is better."""

    code = "NONE_LOWER"
    title = "Нормирование не годится"
    detail = "Нормирование «none» не годится: есть показатели, где меньше — лучше."


class ValueMissing(Invalid):
    """The methodology takes no gaps and a value is missing; `errors` name the cells."""

    code = "VALUE_MISSING"
    title = "Нет значения"


class ValueOutOfRange(Invalid):
    """A value lies outside the scale of its indicator; `errors` name the cells."""

    code = "VALUE_OUT_OF_RANGE"
    title = "Значение вне шкалы"


UNUSABLE = {error.code: error for error in (ValueMissing, ValueOutOfRange)}
"""The errors of values that a methodology cannot take, by the code the engine gives."""
