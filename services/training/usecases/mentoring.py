"""Mentors: suggested, confirmed or declined by people, matched again for everybody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.deficits import find_deficits
from services.training.domain.eligibility import TravelUnknown
from services.training.domain.mentor_profiles import Mentee, Mentor, distance
from services.training.domain.mentor_suggestions import Suggestion, suggest
from services.training.domain.mentoring import Matching, obstacle
from services.training.errors import (
    OBSTACLES,
    AlreadyConfirmed,
    MentorUnknown,
    NormReached,
    NotConfirmed,
    NotEntitled,
    TeacherUnknown,
)
from services.training.store import diagnostic_results, mentoring, people, planning, routes
from services.training.store.mentoring import Word
from services.training.usecases.signatures import Signer, sign
from services.training.usecases.territory_rights import related_rows, require_own_teacher
from shared.db import lock
from shared.row_access import whole_region

MATCHER = "service:matcher"
Decision = Literal["confirmed", "declined", "ended"]


def mentee_of(
    row: tuple[str, str, str | None], deficits: Iterable[str], words: Sequence[Word]
) -> Mentee:
    """Gather what is known of a teacher who seeks a mentor.

    The previous mentor is the confirmed one, else the one whose work ended last.
    """
    ref, municipality, superior = row
    confirmed = next((word.mentor for word in words if word.state == "confirmed"), None)
    ended = max((w for w in words if w.state == "ended"), key=lambda w: w.at, default=None)
    return Mentee(
        ref,
        frozenset(deficits),
        municipality,
        superior,
        previous=confirmed or (ended.mentor if ended else None),
        declined=frozenset(word.mentor for word in words if word.state == "declined"),
        confirmed=confirmed,
    )


async def load_mentees(session: AsyncSession, ref: str | None = None) -> list[Mentee]:
    """Return the teachers with deficits, or the one asked for with or without any."""
    diagnostics = await diagnostic_results.list_diagnostics(session)
    lacking: dict[str, list[str]] = {}
    for one in find_deficits(diagnostics, await diagnostic_results.results(session, ref)):
        lacking.setdefault(one.teacher, []).append(one.competency)
    words: dict[str, list[Word]] = {}
    for word in await mentoring.standing(session, ref):
        words.setdefault(word.teacher, []).append(word)
    return [
        mentee_of(row, lacking.get(row[0], ()), words.get(row[0], ()))
        for row in await mentoring.teachers(session, ref)
        if ref is not None or row[0] in lacking
    ]


async def suggestions(session: AsyncSession, teacher: str) -> Sequence[Suggestion]:
    """Rank the mentors of one teacher."""
    await require_own_teacher(session, teacher)
    # Mentors may be of other municipalities, and their load comes from all of them.
    async with whole_region(session):
        mentee = await _mentee(session, teacher)
        words = await mentoring.standing(session)
        mentors = await mentoring.mentors(session)
    loads = Counter(word.mentor for word in words if word.state == "confirmed")
    return suggest(mentee, mentors, loads, await planning.travel(session))


async def _mentee(session: AsyncSession, teacher: str) -> Mentee:
    found = await load_mentees(session, teacher)
    if not found:
        raise TeacherUnknown
    return found[0]


async def decide(
    session: AsyncSession,
    teacher: str,
    mentor: str,
    decision: Decision,
    signer: Signer,
    reason: str | None,
) -> None:
    """Record a decision of the teacher, the mentor or the manager of the municipality.

    Confirming needs a mentor without an obstacle and below the norm, and no other confirmed one;
    ending needs a confirmed pair; declining needs a registered mentor.
    """
    await lock(session, "training:mentoring")
    async with related_rows(session, signer.person):
        await _check_decision(session, teacher, mentor, decision, signer)
        keys = await people.pseudonyms(session, [teacher, mentor])
        author = await sign(session, signer)
        row = {"teacher": keys[teacher], "mentor": keys[mentor], "author": author}
        await mentoring.add(session, [{**row, "reason": reason, "state": decision}])


async def _check_decision(
    session: AsyncSession, teacher: str, mentor: str, decision: Decision, signer: Signer
) -> None:
    mentee = await _mentee(session, teacher)
    if signer.person not in (teacher, mentor) and not await routes.manages(
        session, signer.person or "", mentee.zone
    ):
        raise NotEntitled("Решают учитель, наставник или куратор муниципалитета.")
    if decision == "confirmed":
        await _check_confirmation(session, mentee, mentor)
    elif decision == "ended" and mentee.confirmed != mentor:
        raise NotConfirmed
    elif decision == "declined" and not await mentoring.mentor_known(session, mentor):
        raise MentorUnknown


async def _check_confirmation(session: AsyncSession, mentee: Mentee, ref: str) -> None:
    mentor = next((m for m in await mentoring.mentors(session) if m.ref == ref), None)
    if mentor is None:
        raise MentorUnknown("Такого согласного наставника нет.")
    if mentee.confirmed is not None:
        raise AlreadyConfirmed
    reason = obstacle(mentee, mentor)
    if reason is not None:
        raise OBSTACLES[reason]("Этот наставник не может вести этого учителя.")
    words = await mentoring.standing(session)
    if sum(w.mentor == ref and w.state == "confirmed" for w in words) >= mentor.norm:
        raise NormReached


async def pairs_of(session: AsyncSession, teacher: str) -> Sequence[Word]:
    """Return the last word about every pair of a teacher of the caller's territories."""
    await require_own_teacher(session, teacher)
    return await mentoring.standing(session, teacher)


@dataclass(frozen=True, slots=True)
class Load:
    """A mentor's norm and pairs."""

    mentor: str
    norm: int
    confirmed: int
    proposed: int

    @property
    def rank(self) -> tuple[int, int, str]:
        """Order mentors: the busiest first, then by reference."""
        return -self.confirmed, -self.proposed, self.mentor


async def loads(session: AsyncSession) -> list[Load]:
    """Return the mentors of the caller's territories by rank, with pairs of the whole region."""
    mentors = await mentoring.mentors(session)
    async with whole_region(session):
        pairs = await mentoring.count_pairs(session)
    found = (Load(one.ref, one.norm, *pairs.get(one.ref, (0, 0))) for one in mentors)
    return sorted(found, key=lambda load: load.rank)


async def gather(
    session: AsyncSession,
) -> tuple[list[Mentee], list[Mentor], dict[tuple[str, str], int]]:
    """Return what matching everybody depends on; unknown distances count as the farthest."""
    mentees = await load_mentees(session)
    mentors = list(await mentoring.mentors(session))
    travel = dict(await planning.travel(session))
    far = max(travel.values(), default=0) + 1
    for origin in {mentee.zone for mentee in mentees}:
        for destination in {mentor.zone for mentor in mentors}:
            try:
                distance(origin, destination, travel)
            except TravelUnknown:
                travel[origin, destination] = far
    return mentees, mentors, travel


async def keep_matching(session: AsyncSession, found: Matching) -> int:
    """Propose the matched pairs nobody has spoken about meanwhile; count them.

    A pair that was declined, or whose teacher got a mentor, while the matching was computed is
    left alone. Proposals that are no longer part of the matching are withdrawn.
    """
    await lock(session, "training:mentoring")
    words = {(w.teacher, w.mentor): w.state for w in await mentoring.standing(session)}
    pairs = set(found.pairs)
    served = {teacher for (teacher, _), state in words.items() if state == "confirmed"}
    fresh = [
        pair
        for pair in found.pairs
        if pair[0] not in served and words.get(pair) not in ("proposed", "declined")
    ]
    stale = [pair for pair, state in words.items() if state == "proposed" and pair not in pairs]
    keys = await people.pseudonyms(session, {ref for pair in [*fresh, *stale] for ref in pair})
    await mentoring.add(session, _rows(fresh, "proposed", keys) + _rows(stale, "withdrawn", keys))
    return len(fresh)


def _rows(
    pairs: Iterable[tuple[str, str]], state: str, keys: Mapping[str, str]
) -> list[dict[str, object]]:
    return [
        {
            "teacher": keys[teacher],
            "mentor": keys[mentor],
            "state": state,
            "reason": None,
            "author": MATCHER,
        }
        for teacher, mentor in pairs
    ]
