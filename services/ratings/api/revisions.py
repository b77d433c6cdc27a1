"""`/v1/ratings/revisions`: what was published when, the acts of publishing and withdrawing."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.ratings.api.answers import document_answer
from services.ratings.api.parameters import Number, Period, Programme
from services.ratings.parsers.periods import PATTERN
from services.ratings.schemas.registry import PROGRAMME_CODE
from services.ratings.schemas.revisions import Withdrawal
from services.ratings.schemas.tables import RatingTable, RevisionPage, RevisionShown
from services.ratings.store import revisions
from services.ratings.store.revisions import Revision
from services.ratings.usecases.json_document import encoded
from services.ratings.usecases.publication import find_locked, publish, withdraw
from services.ratings.usecases.rating_tables import read_table
from services.ratings.usecases.replay import calculation_of, load_inputs
from services.ratings.usecases.revision_serializer import revision_view
from services.ratings.usecases.weaknesses import load_before_revision, weaknesses
from shared.persons.pseudonyms import signature
from shared.publication.errors import RevisionUnknown
from shared.web import (
    Caller,
    Idempotency,
    Paging,
    ReadSession,
    WriteSession,
    if_match,
    requires,
    strong_etag,
)
from shared.web.problems import documented

router = APIRouter(prefix="/v1/ratings/revisions", tags=["ratings"])

Publisher = Annotated[Caller, Depends(requires("ratings:publish"))]


@router.get(
    "",
    summary="Редакции рейтингов",
    description="Все редакции, новые первыми: что, когда и по каким данным опубликовано.",
)
async def list_revisions(
    session: ReadSession,
    page: Paging,
    programme: Annotated[
        str | None,
        Query(
            description="Код программы.", pattern=PROGRAMME_CODE, max_length=40, examples=["rum"]
        ),
    ] = None,
    period: Annotated[
        str | None,
        Query(description="Период.", pattern=PATTERN, max_length=9, examples=["2022"]),
    ] = None,
) -> RevisionPage:
    """List revisions, newest first."""
    rows = await revisions.listed(
        session,
        programme=programme,
        period=period,
        before=page.after,
        limit=page.fetch,
    )
    rows, more = page.cut(rows, lambda row: row.id)
    items = [RevisionShown.model_validate(revision_view(row)) for row in rows]
    return RevisionPage(items=items, next=more)


@router.get(
    "/{programme}/{period}/{number}",
    summary="Редакция рейтинга",
    description="Из чего сделана редакция, опубликована ли она и почему отозвана.",
    response_model=RevisionShown,
)
async def read_revision(
    session: ReadSession, programme: Programme, period: Period, number: Number
) -> Response:
    """Show the head of a revision."""
    return answer(await _find(session, programme, period, number))


@router.get(
    "/{programme}/{period}/{number}/table",
    summary="Таблица редакции, в том числе ещё не опубликованной",
    description="Для тех, кто готовит публикацию.",
    response_model=RatingTable,
    dependencies=[Depends(requires("ratings:read"))],
)
async def read_revision_table(
    session: ReadSession, programme: Programme, period: Period, number: Number
) -> Response:
    """Show the table of any revision."""
    return document_answer(
        await read_table(session, await _find(session, programme, period, number))
    )


@router.post(
    "/{programme}/{period}/{number}/publish",
    summary="Опубликовать редакцию",
    description="Для методик с ручной публикацией. Требует If-Match с ETag редакции.",
    response_model=RevisionShown,
    responses=documented(412, 428),
)
async def publish_revision(
    request: Request,
    session: WriteSession,
    once: Idempotency,
    caller: Publisher,
    programme: Programme,
    period: Period,
    number: Number,
) -> Response:
    """Publish a held revision."""

    async def effect() -> Response:
        row = await find_locked(session, programme, period, number)
        if_match(request, tag(row))
        spots = await _weak_spots(session, row)
        return answer(await publish(session, row, await signature(session, caller), spots))

    return await once(effect)


@router.post(
    "/{programme}/{period}/{number}/withdraw",
    summary="Отозвать ошибочную публикацию",
    description="Создаёт редакцию-надгробие с причиной. Требует If-Match с ETag редакции.",
    status_code=201,
    response_model=RevisionShown,
    responses=documented(412, 428),
)
async def withdraw_revision(
    request: Request,
    body: Withdrawal,
    session: WriteSession,
    once: Idempotency,
    caller: Publisher,
    programme: Programme,
    period: Period,
    number: Number,
) -> Response:
    """Withdraw a public revision."""

    async def effect() -> Response:
        row = await find_locked(session, programme, period, number)
        if_match(request, tag(row))
        made = await withdraw(session, row, body.reason, await signature(session, caller))
        return answer(made, 201)

    return await once(effect)


async def _weak_spots(session: WriteSession, row: Revision) -> Sequence[dict[str, object]]:
    """Return the weak spots of a held revision; none where nothing is calculated."""
    if row.methodology_id is None:
        return ()
    methodology, inputs = await load_inputs(session, row)
    before = await load_before_revision(session, row)
    made = await asyncio.to_thread(calculation_of, row, methodology, inputs)
    return weaknesses(made.result, before)


async def _find(session: ReadSession, programme: str, period: str, number: int) -> Revision:
    row = await revisions.numbered(session, programme, period, number)
    if row is None:
        raise RevisionUnknown(f"Редакции {number} у {programme} за {period} нет.")
    return row


def tag(row: Revision) -> str:
    """Return the entity tag of a revision's head."""
    return strong_etag(encoded(revision_view(row)))


def answer(row: Revision, status: int = 200) -> Response:
    """Return the head of a revision with its tag."""
    body = encoded(revision_view(row))
    return Response(
        body, status, media_type="application/json", headers={"ETag": strong_etag(body)}
    )
