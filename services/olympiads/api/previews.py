"""Questions that are answered at once: a quota on given scores, admissions of participants."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.olympiads.domain.canonical import canonical_json, plain
from services.olympiads.domain.eligibility import Verdict
from services.olympiads.domain.quotas import Answer as Solved
from services.olympiads.domain.quotas import Solution
from services.olympiads.schemas.eligibility import EligibilityAnswer, EligibilityQuestion
from services.olympiads.schemas.quotas import QuotaAnswer, QuotaQuestion, QuotaSolution
from services.olympiads.schemas.rules import citation
from services.olympiads.store.rules import rules_of
from services.olympiads.usecases.admission import decide_admission
from services.olympiads.usecases.preview import Question, preview_quota
from shared.web import Caller, ReadSession, requires

router = APIRouter(prefix="/v1/olympiads", tags=["olympiads"])
LARGEST_QUESTION = 16 << 20
LARGEST_BATCH = 4 << 20


def decimal_or_none(value: str | None) -> Decimal | None:
    """Return an exact decimal of the wire."""
    return None if value is None else Decimal(value)


@router.post(
    "/quotas/preview",
    summary="Порог по квоте: оба устойчивых ответа",
    description="Считает на присланных баллах: H отклоняет группу с равным баллом на границе "
    "квоты, L принимает её. Ничего не сохраняет. Тело — до 16 МиБ.",
    max_body_size=LARGEST_QUESTION,
)
def preview_quota_on_scores(body: QuotaQuestion) -> QuotaSolution:
    """Solve a quota on the scores of the body."""
    question = Question(
        [Decimal(score) for score in body.scores],
        body.quota,
        decimal_or_none(body.max),
        decimal_or_none(body.floor_percent),
        body.outside,
        body.outside_counts,
    )
    return solution_answer(preview_quota(question))


def solution_answer(solution: Solution) -> QuotaSolution:
    """Put a solution into the wire format."""
    return QuotaSolution(
        H=_answer(solution.high),
        L=_answer(solution.low),
        tied_group=solution.tied_group,
        total_H=solution.total_high,
        total_L=solution.total_low,
    )


def _answer(solved: Solved) -> QuotaAnswer:
    return QuotaAnswer(
        threshold=plain(solved.threshold),
        admitted=solved.admitted,
        unused=solved.unused,
        overflow=solved.overflow,
        reason=solved.reason,
    )


@router.post(
    "/eligibility",
    summary="Допуск участников и все его причины",
    description="До 10 000 участников одного предмета; ответы в порядке вопроса. Порог берётся "
    "по классу выполненного задания. Тело — до 4 МиБ.",
    max_body_size=LARGEST_BATCH,
    response_model=EligibilityAnswer,
)
async def decide_eligibility(
    body: EligibilityQuestion,
    session: ReadSession,
    _caller: Annotated[Caller, Depends(requires("olympiads:read"))],
) -> Response:
    """Decide the admission of the participants of the body."""
    asked = [(item.participant, item.study_grade) for item in body.items]
    verdicts = await decide_admission(session, body.season, body.subject, asked)
    items = [written(name, verdict) for (name, _), verdict in zip(asked, verdicts, strict=True)]
    rules = citation(await rules_of(session, body.season))
    content = canonical_json({"rules": rules, "items": items})
    return Response(content, media_type="application/json")


def written(participant: str, verdict: Verdict) -> dict[str, object]:
    """Put a verdict into the wire format: plain values, because a batch has thousands."""
    threshold = None
    if verdict.threshold is not None:
        grade, score = verdict.threshold
        threshold = {"grade": grade, "score": plain(score)}
    return {
        "participant": participant,
        "admitted": verdict.admitted,
        "reasons": [
            {"code": reason.code.value, "need": plain(reason.need), "have": plain(reason.have)}
            for reason in verdict.reasons
        ],
        "threshold": threshold,
    }
