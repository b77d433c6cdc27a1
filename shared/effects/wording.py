"""The sentence of an answer, in Russian, no stronger than its verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

from shared.effects.conclusion import Conclusion
from shared.effects.estimation import Estimation
from shared.effects.family import Family
from shared.effects.leave_one_out import Overturning
from shared.effects.panel import Question
from shared.effects.verdict import Verdict, detected

MOST_NAMED = 5
SIGNIFICANT = 3
LEAST_PRINTED = 0.1

REASONS = {
    "FEWER_THAN_TWO_PERIODS": "сравнимых периодов меньше двух",
    "NOBODY_EXPOSED": "за эти периоды мера никого не охватила",
    "ALREADY_EXPOSED": "мера началась не позже первого периода, сравнить с прежним нельзя",
    "NO_BASE": "до меры нет ни одного периода, по которому не выбирали участников",
    "NO_VALUE": "у единиц нет значений за нужные периоды",
    "NO_COMPARISON_POOL": "не с кем сравнить",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence is made of; `unit` is how the outcome is measured, may be empty."""

    question: Question
    conclusion: Conclusion
    mde: float | None
    overturning: Overturning
    unit: str
    family: Family | None = None


def sentence(facts: Facts) -> str:
    """Say what may be said, over which units and periods, and what would overturn it."""
    opening = OPENINGS[facts.conclusion.verdict](facts)
    parts = [opening, _data(facts)]
    if facts.conclusion.found is not None:
        parts += [_family(facts), _visible(facts), _chance(facts), _overturned(facts)]
    return " ".join(part for part in parts if part)


def _insufficient(facts: Facts) -> str:
    code = facts.conclusion.setup.insufficient or "NO_COMPARISON_POOL"
    return f"Данных недостаточно: {REASONS[code]}."


def _description(facts: Facts) -> str:
    panel = facts.conclusion.setup.panel
    exposed = panel.exposed_cells() > 0
    before, after = panel.values[~exposed].mean(), panel.values[exposed].mean()
    return (
        f"Описание: мера охватила всех, среднее до неё {_number(facts, float(before))}, с ней "
        f"{_amount(facts, float(after))}; сравнить не с кем, и что дала мера, сказать нельзя."
    )


def _difference(facts: Facts) -> str:
    found, expected = _found(facts), facts.conclusion.expected
    opening = f"Различие {_amount(facts, found.estimate)}"
    if expected is None:
        return f"{opening}: его могли дать и случай, и прежние отличия единиц."
    band = f"возврат к среднему {_number(facts, expected.low)}…{_number(facts, expected.high)}"
    if expected.low <= found.estimate <= expected.high:
        return f"{opening}, которого следовало ждать и без меры ({band})."
    return f"{opening} ({band}): его могли дать и случай, и прежние отличия единиц."


def _consistent(facts: Facts) -> str:
    return f"Согласуется с эффектом {_range(facts)}; {_share(facts)}."


def _measured(facts: Facts) -> str:
    found = _found(facts)
    if facts.family is not None and facts.family.overturns(found):
        return f"Измерено: различие {_amount(facts, found.estimate)} неотличимо от случайного."
    if found.rounding_covers_zero and detected(found):
        return (
            f"Измерено: различие {_amount(facts, found.estimate)} ({_range(facts)}) могло дать и "
            f"одно округление значений; {_share(facts)}."
        )
    if detected(found):
        return (
            f"Измерено: эффект {_amount(facts, found.estimate)} ({_range(facts)}); {_share(facts)}."
        )
    if facts.mde is None:
        return f"Измерено: различие {_amount(facts, found.estimate)} неотличимо от случайного."
    least = _amount(facts, _least(facts, facts.mde))
    return (
        f"Измерено: эффект не обнаружен: меньше {least} увидеть было нельзя; "
        f"различие {_amount(facts, found.estimate)}, {_share(facts)}."
    )


OPENINGS: dict[Verdict, Callable[[Facts], str]] = {
    "insufficient": _insufficient,
    "description": _description,
    "difference": _difference,
    "consistent": _consistent,
    "measured": _measured,
}


def _data(facts: Facts) -> str:
    panel = facts.conclusion.setup.panel
    if not panel.periods:
        return ""
    treated = int(panel.treated.sum())
    starts = [panel.periods[start] for start in panel.first]
    begins = f", мера с {_span(starts)}" if starts else ""
    left = len(facts.conclusion.setup.reduced.left_out)
    out = f"; не учтено: {left}" if left else ""
    return (
        f"Единиц с мерой: {treated}, для сравнения: {len(panel.units) - treated}{out}; "
        f"периоды {_span(panel.periods)}{begins}."
    )


def _family(facts: Facts) -> str:
    family = facts.family
    if family is None or family.outcomes == 1:
        return ""
    return (
        f"Основных исходов в плане: {family.outcomes}, с поправкой Холма p = "
        f"{decimal(family.adjusted_p)}."
    )


def _visible(facts: Facts) -> str:
    if facts.mde is None:
        inference = _found(facts).inference
        over = "на таких данных" if inference.exact else "при стольких перестановках"
        least = decimal(inference.least_p)
        return f"Увидеть эффект {over} нельзя: наименьшее возможное p = {least}."
    return f"Наименьший видимый эффект: {_amount(facts, _least(facts, facts.mde))}."


def _least(facts: Facts, mde: float) -> float:
    """Return the least visible effect, no less than what rounding alone can make."""
    bounds = _found(facts).identified
    if bounds is None or bounds.low is None or bounds.high is None:
        return mde
    return max(mde, (bounds.high - bounds.low) / 2)


def _chance(facts: Facts) -> str:
    if "STRATA_SHARES_DIFFER" in facts.conclusion.limits:
        return "Доли участников в стратах разные: часть различия могут давать сами страты."
    if "WINDOW_NOT_BALANCED" in facts.conclusion.limits:
        return "У порога единицы с мерой и без неё различались и до меры."
    if facts.conclusion.setup.design in {"lottery", "cut"}:
        return ""
    p = decimal(_found(facts).inference.p)
    return f"Участников меры выбирали не по жребию: p = {p} описательное."


def _overturned(facts: Facts) -> str:
    overturning = facts.overturning
    if not overturning.complete:
        return "Держится ли вывод на одной единице, не проверено."
    said = []
    if overturning.units:
        said.append(f"Вывод изменится без: {_names(overturning.units)}.")
    if overturning.detection and facts.conclusion.verdict == "measured":
        said.append(f"Обнаружение эффекта изменится без: {_names(overturning.detection)}.")
    return " ".join(said) or "Вывод не изменится, если убрать любую одну единицу."


def _share(facts: Facts) -> str:
    cases = _found(facts).inference.p * 100
    if cases < LEAST_PRINTED:
        told = "менее чем в 0,1 случая из 100"
    else:
        told = f"в {decimal(cases)} случаях из 100"
    return f"при тех же данных случайное назначение дало бы столько же {told}"


def _range(facts: Facts) -> str:
    interval = _found(facts).uncertainty()
    if interval is None:
        return "без границ"
    low = "" if interval.low is None else f"от {_number(facts, interval.low)}"
    high = "" if interval.high is None else f"до {_number(facts, interval.high)}"
    unit = f" {facts.unit}" if facts.unit else ""
    return f"{low} {high}".strip() + unit


def _found(facts: Facts) -> Estimation:
    """Return the estimate of a verdict that has one."""
    found = facts.conclusion.found
    if found is None:
        raise ValueError(facts.conclusion.verdict)
    return found


def _amount(facts: Facts, value: float) -> str:
    return f"{_number(facts, value)} {facts.unit}".strip()


def _number(facts: Facts, value: float) -> str:
    """Print with one decimal more than the values have; exact ones with three digits."""
    digits = facts.question.digits
    if digits is None:
        return decimal(value)
    text = f"{value:.{max(0, digits + 1)}f}"
    return _minus(f"{0:.{max(0, digits + 1)}f}" if float(text) == 0 else text)


def decimal(value: float, significant: int = SIGNIFICANT) -> str:
    """Print a number with a decimal comma and so many significant digits."""
    if value == 0:
        return "0"
    decimals = max(0, significant - 1 - floor(log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return _minus(text.rstrip("0").rstrip(".") if "." in text else text)


def _minus(text: str) -> str:
    return text.replace("-", "−").replace(".", ",")


def _span(periods: Sequence[int]) -> str:
    low, high = min(periods), max(periods)
    return str(low) if low == high else f"{low}–{high}"


def _names(units: Sequence[str]) -> str:
    named = ", ".join(units[:MOST_NAMED])
    rest = len(units) - MOST_NAMED
    return f"{named} и ещё {rest}" if rest > 0 else named
