"""The sentence of a difference against a waiting list, in Russian, no stronger than its verdict."""

from shared.effects.ancova import LEAST_SESSIONS, Adjusted
from shared.effects.inference import ALPHA, Bounds
from shared.effects.verdict import Verdict
from shared.effects.wording import decimal

REASONS = {
    "NO_COMPARISON_POOL": "не с кем сравнить: нет списка ожидания этих курсов",
    "NOBODY_EXPOSED": "по опубликованным планам на мероприятия никто не зачислен",
    "FEW_PERSONS": "с результатами до и после слишком мало учителей",
    "NOT_COMPARABLE": "зачисленные и ждущие не пересекаются по прежнему результату",
}


def adjusted_verdict(found: Adjusted | None, *, drawn: bool) -> Verdict:
    """Return the strongest word: `measured` for a draw that could be rejected, else less."""
    if found is None:
        return "insufficient"
    return "measured" if drawn and found.inference.least_p <= ALPHA else "difference"


def adjusted_sentence(
    found: Adjusted | None,
    verdict: Verdict,
    counts: tuple[int, int, int],
    mde: float | None,
    reason: str | None,
) -> str:
    """Say what may be said; `counts` are the offered, the waiting and the sessions."""
    if found is None:
        return f"Данных недостаточно: {REASONS[reason or 'NO_COMPARISON_POOL']}."
    offered, waiting, sessions = counts
    amount = f"{decimal(found.estimate)} балла при равном прежнем результате"
    parts = [
        _opening(found, verdict, amount, mde),
        f"Учителей зачислено: {offered}, в списке ожидания: {waiting}; потоков: {sessions}.",
        _visible(found, mde),
    ]
    if verdict != "measured":
        parts.append(f"p = {decimal(found.p)} описательное.")
    if sessions < LEAST_SESSIONS:
        parts.append("Потоков мало: о других потоках по этим сказать нельзя.")
    return " ".join(parts)


def _opening(found: Adjusted, verdict: Verdict, amount: str, mde: float | None) -> str:
    if verdict != "measured":
        return f"Различие {amount}: его могли дать и случай, и прежние отличия учителей."
    cases = f"{decimal(found.p * 100)} случаях из 100"
    share = f"при тех же данных случайное назначение дало бы столько же в {cases}"
    if found.p <= ALPHA:
        return f"Измерено: эффект {amount} ({_range(found.interval)}); {share}."
    if mde is None:
        return f"Измерено: различие {amount} неотличимо от случайного; {share}."
    return (
        f"Измерено: эффект не обнаружен: меньше {decimal(mde)} балла увидеть было нельзя; "
        f"различие {amount}, {share}."
    )


def _visible(found: Adjusted, mde: float | None) -> str:
    if mde is None:
        least = decimal(found.inference.least_p)
        return f"Увидеть эффект на таких данных нельзя: наименьшее возможное p = {least}."
    return f"Наименьший видимый эффект: {decimal(mde)} балла."


def _range(interval: Bounds | None) -> str:
    if interval is None:
        return "без границ"
    low = "" if interval.low is None else f"от {decimal(interval.low)}"
    high = "" if interval.high is None else f"до {decimal(interval.high)}"
    return f"{low} {high}".strip() or "без границ"
