"""The errors of the training service: one class, one code, one kind."""

from shared.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, TooLarge


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


class RangeInvalid(Invalid):
    """Two dates are no range; the error names the field."""

    code = "RANGE"
    title = "Неверный отрезок дат"
    detail = "Неверный отрезок дат."

    def __init__(self, pointer: str, told: str) -> None:
        super().__init__(errors=[FieldError(pointer, self.code, told)])


class RepeatedValues(Invalid):
    """References or codes repeat; `errors` name every later place."""

    code = "REPEATED"
    title = "Значения повторяются"
    detail = "Ссылки и коды не должны повторяться."


class RatingMisplaced(Invalid):
    """A rating is given with evidence of the kind `rating` and no other."""

    code = "RATING"
    title = "Неверная оценка"
    detail = "Неверная оценка."

    def __init__(self) -> None:
        told = "Оценка указывается только для rating."
        super().__init__(errors=[FieldError("/body/rating", self.code, told)])


class TravelCostUnknown(Invalid):
    """An eligible pair of zones has no travel cost."""

    code = "TRAVEL_UNKNOWN"
    title = "Стоимость проезда не указана"

    def __init__(self, origin: str, destination: str) -> None:
        fault = FieldError("/body/travel", self.code, f"Нет пары «{origin}|{destination}».")
        super().__init__(
            f"Не указана стоимость проезда из зоны «{origin}» в «{destination}».", errors=[fault]
        )


class TravelCostTooLarge(Invalid):
    """Travel costs are too large for an exact optimum."""

    code = "COST_TOO_LARGE"
    title = "Слишком большая стоимость проезда"
    detail = "Стоимости проезда слишком велики для точного решения."


class NoPlaceForOverride(Conflict):
    """A decision places a teacher where nothing is free."""

    code = "OVERRIDE_IMPOSSIBLE"
    title = "Решение невыполнимо"

    def __init__(self, session: str) -> None:
        super().__init__(f"На «{session}» нет места для решения.")


class TeacherUnknown(NotFound):
    """No teacher has this reference."""

    code = "TEACHER_UNKNOWN"
    title = "Учителя нет"
    detail = "Такого учителя нет."


class TutorUnknown(NotFound):
    """No consenting tutor has this reference."""

    code = "TUTOR_UNKNOWN"
    title = "Тьютора нет"
    detail = "Такого согласного тьютора нет."


class MentorUnknown(NotFound):
    """No mentor has this reference."""

    code = "MENTOR_UNKNOWN"
    title = "Наставника нет"
    detail = "Такого наставника нет."


class NotConfirmed(Conflict):
    """Only a confirmed pair is ended."""

    code = "NOT_CONFIRMED"
    title = "Пара не подтверждена"
    detail = "Эта пара не подтверждена."


class AlreadyConfirmed(Conflict):
    """A teacher has one confirmed mentor."""

    code = "ALREADY_CONFIRMED"
    title = "Наставник уже есть"
    detail = "У учителя уже есть подтверждённый наставник."


class NormReached(Conflict):
    """The mentor leads as many teachers as the norm allows."""

    code = "NORM_REACHED"
    title = "Норма исчерпана"
    detail = "Норма нагрузки наставника исчерпана."


class PlanUnknown(NotFound):
    """No plan has this id."""

    code = "PLAN_UNKNOWN"
    title = "Плана нет"
    detail = "Такого плана нет."


class RoundTooEarly(Conflict):
    """A round follows the published one before it."""

    code = "ROUND_TOO_EARLY"
    title = "Рано для этого круга"
    detail = "Предыдущий круг этого полугодия не опубликован."


class PlanPublished(Conflict):
    """A published plan does not change."""

    code = "PLAN_PUBLISHED"
    title = "План опубликован"
    detail = "Опубликованный план не меняется: предложите новый."


class PlanNotSolved(Conflict):
    """Only a solved plan is published."""

    code = "PLAN_NOT_SOLVED"
    title = "План не рассчитан"
    detail = "Публикуется только рассчитанный план."


class SessionExpected(Invalid):
    """A session is named with the act `place` and no other."""

    code = "SESSION_EXPECTED"
    title = "Место указано неверно"
    detail = "Место указывается только для act = place."


class RouteUnknown(NotFound):
    """No route has this id."""

    code = "ROUTE_UNKNOWN"
    title = "Маршрута нет"
    detail = "Такого маршрута нет."


class StepUnknown(NotFound):
    """The route has no such step."""

    code = "STEP_UNKNOWN"
    title = "Шага нет"
    detail = "Такого шага в маршруте нет."


class RouteStateForbids(Conflict):
    """The state of the route does not allow the act."""

    code = "STATE_FORBIDS"
    title = "Состояние маршрута не позволяет"


class NoProposal(Conflict):
    """Nothing is proposed for the route."""

    code = "NO_PROPOSAL"
    title = "Предложения нет"
    detail = "Предложения по маршруту нет."


class NoCapability(Conflict):
    """The mentor helps with none of the teacher's deficits."""

    code = "NO_CAPABILITY"
    title = "Наставник не ведёт эти дефициты"


class OtherZone(Conflict):
    """The mentor works in another zone and not at a distance."""

    code = "OTHER_ZONE"
    title = "Наставник из другой зоны"


class OwnSuperior(Conflict):
    """Nobody mentors oneself or one's own subordinate."""

    code = "OWN_SUPERIOR"
    title = "Наставник — сам учитель или его руководитель"


class MentorDeclined(Conflict):
    """The pair was declined before."""

    code = "DECLINED"
    title = "От этой пары отказались"


OBSTACLES = {error.code: error for error in (NoCapability, OtherZone, OwnSuperior, MentorDeclined)}
"""The errors of a pair that may not be confirmed, by the reason the matching gives."""
