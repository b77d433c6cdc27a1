"""The feed of changes to pull, and the stream of events to listen to."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import ConfigDict, Field
from starlette.types import Receive, Scope, Send

from services.gateway.errors import EventTypeUnknown, FeedCursorExpired
from services.gateway.events.hub import Hub, Subscriber
from services.gateway.events.stream import EventStream
from services.gateway.http.admission import ADMISSION
from services.gateway.http.rate_limits import key_of
from services.gateway.store import changes, documents
from services.gateway.webhooks.types import EVENT_TYPES, reader_of
from shared.auth import Caller
from shared.synthetic import is_synthetic_path
from shared.web import (
    Limit,
    Paging,
    ReadSession,
    ResponseModel,
)
from shared.web.authentication import optional_caller
from shared.web.problems import documented
from shared.web.synthetic_filter import Synthetic

router = APIRouter(tags=["changes"], dependencies=ADMISSION)
Anyone = Annotated[Caller | None, Depends(optional_caller)]
Types = Annotated[
    list[
        Annotated[
            str,
            Field(
                max_length=200,
                pattern=r"^[a-z0-9_.]+$",
                json_schema_extra={"enum": sorted(EVENT_TYPES)},
            ),
        ]
    ]
    | None,
    Query(
        alias="type",
        description="Виды событий; без параметра — все доступные.",
        max_length=50,
        examples=[["ratings.revision_published.v1"]],
    ),
]


class ChangeRow(ResponseModel):
    """Что изменилось."""

    seq: int = Field(description="Номер в ленте.", ge=1, le=2**53)
    id: UUID = Field(description="Номер события.")
    type: str = Field(description="Вид события.", max_length=200)
    subject: str = Field(description="О чём.", max_length=1000)
    revision: int | None = Field(description="Редакция.", ge=0, le=2**53)
    time: datetime = Field(description="Когда произошло.")
    documents: list[Annotated[str, Field(max_length=1000)]] = Field(
        description="Адреса, ответы которых изменились.", max_length=10000
    )


class ChangeList(ResponseModel):
    """Страница ленты изменений."""

    items: list[ChangeRow] = Field(description="Изменения по порядку.", max_length=1000)
    next: str = Field(description="Курсор, с которого продолжить, сейчас или позже.", max_length=20)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "items": [
                    {
                        "seq": 12,
                        "id": "1f0c9a52-6f0e-4d59-b7f9-2d6f9d8f7a10",
                        "type": "ratings.revision_published.v1",
                        "subject": "rum/2022",
                        "revision": 3,
                        "time": "2022-12-01T00:00:00Z",
                        "documents": ["/v1/ratings/rum/2022"],
                    }
                ],
                "next": "12",
            }
        }
    )


class DocumentRow(ResponseModel):
    """Опубликованный документ."""

    path: str = Field(description="Адрес.", max_length=1000)
    service: str = Field(description="Чей документ.", max_length=50)
    revision: int | None = Field(description="Редакция.", ge=0, le=2**53)
    source_time: datetime = Field(description="Время источника.")


class DocumentList(ResponseModel):
    """Опубликованные документы: с них начинается полная сверка."""

    items: list[DocumentRow] = Field(description="Документы по адресу.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=4000)


def known_types(types: list[str] | None) -> list[str]:
    """Return the types asked for, else every known one; an unknown one is 422."""
    unknown = [name for name in types or [] if name not in EVENT_TYPES]
    if unknown:
        raise EventTypeUnknown(unknown)
    return types or sorted(EVENT_TYPES)


@router.get(
    "/v1/changes",
    summary="Лента изменений",
    description=(
        "Что изменилось после курсора; хранится 40 дней. Без курсора — с начала хранимого. Если "
        "курсор старше, ответ 410: сверьте всё заново по /v1/documents и начните без курсора."
    ),
    responses=documented(410),
)
async def list_changes(
    session: ReadSession,
    caller: Anyone,
    after: Annotated[
        str | None,
        Query(description="Курсор из поля next.", pattern=r"^[0-9]{1,18}$", examples=["12"]),
    ] = None,
    types: Types = None,
    limit: Limit = 100,
    synthetic: Synthetic = "false",
) -> ChangeList:
    """Return facts after a cursor, oldest first."""
    first, last = await changes.span(session)
    start = first - 1 if after is None else int(after)
    if start < first - 1 or start > last:
        raise FeedCursorExpired
    wanted = known_types(types)
    found = await changes.read_after(session, start, limit, wanted, reader_of(caller))
    reached = found[-1].seq if len(found) == limit else last
    rows = [row_of(change) for change in found]
    kept = [row for row in rows if synthetic == "true" or not is_synthetic_row(row)]
    return ChangeList(items=kept, next=str(reached))


def is_synthetic_row(row: ChangeRow) -> bool:
    """Tell whether a fact concerns the example alone."""
    return is_synthetic_path(row.subject) or (
        bool(row.documents) and all(is_synthetic_path(path) for path in row.documents)
    )


def row_of(change: changes.Change) -> ChangeRow:
    """Return a fact as a row of the feed."""
    paths = change.body.get("documents")
    return ChangeRow(
        seq=change.seq,
        id=change.id,
        type=change.type,
        subject=change.subject,
        revision=change.revision,
        time=change.occurred_at,
        documents=paths if isinstance(paths, list) else [],
    )


@router.get(
    "/v1/documents",
    summary="Опубликованные документы",
    description="Все адреса, которые шлюз отвечает из памяти, с редакцией: основа полной сверки.",
)
async def list_documents(session: ReadSession, page: Paging) -> DocumentList:
    """Return published documents by path."""
    found = await documents.listing(session, page.after or "", page.fetch)
    rows, following = page.cut(found, lambda row: row["path"])
    return DocumentList(items=[DocumentRow(**row) for row in rows], next=following)


@router.get(
    "/v1/events",
    summary="События в реальном времени",
    description=(
        "Server-Sent Events. Last-Event-ID продолжает с места обрыва; если он слишком стар, "
        "приходит событие reset. Раз в 15 секунд — строка-пульс. Медленных читателей сервер "
        "отключает. Число потоков одного клиента, без токена — одного адреса, ограничено (429)."
    ),
    response_class=Response,
    responses={
        200: {
            "content": {
                "text/event-stream": {
                    "schema": {"type": "string", "maxLength": 10_000_000},
                    "example": "id: 12\nevent: ratings.revision_published.v1\ndata: {}\n\n",
                }
            }
        }
    },
)
async def stream_events(
    request: Request,
    caller: Anyone,
    types: Types = None,
    last_event_id: Annotated[
        str | None,
        Header(description="Номер последнего полученного события.", pattern=r"^[0-9]{1,18}$"),
    ] = None,
) -> Response:
    """Open the stream of events."""
    subscriber = Subscriber(known_types(types), reader_of(caller))
    after = None if last_event_id is None else int(last_event_id)
    most = request.app.state.settings.streams_per_caller
    hub: Hub = request.app.state.hub
    limit = hub.stream_of(key_of(request, caller), most)
    return StreamResponse(EventStream(hub, subscriber, after), limit)


class StreamResponse(Response):
    """A response that lets the stream speak ASGI by itself, within its caller's limit."""

    def __init__(self, stream: EventStream, limit: AbstractContextManager[None]) -> None:
        super().__init__()
        self._stream = stream
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the stream; over the limit → 429 before anything is sent."""
        with self._limit:
            await self._stream(scope, receive, send)
