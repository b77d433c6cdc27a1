"""`/v1/ratings/methodologies`: drafts, their check, publication and archive."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response

from services.ratings.schemas.methodologies import (
    Methodologies,
    Methodology,
    Remark,
    Validation,
)
from services.ratings.store import methodologies
from services.ratings.store.methodologies import MethodologyRow
from services.ratings.usecases import methodologies as acts
from shared.web import Idempotency, ReadSession, WriteSession, if_match, requires, strong_etag
from shared.web.problems import documented

router = APIRouter(prefix="/v1/ratings/methodologies", tags=["ratings"])

Id = Annotated[int, Path(description="Номер методики.", ge=1, le=2**31 - 1, examples=[2])]
Document = Annotated[
    dict[str, Any], Body(description="Методика: дерево, нормировка, уровни, публикация.")
]


@router.get(
    "",
    summary="Методики",
    description="Все версии методик всех программ с их состоянием.",
)
async def list_methodologies(session: ReadSession) -> Methodologies:
    """List all versions."""
    return Methodologies(items=[shown(row) for row in await methodologies.listed(session)])


@router.post(
    "",
    summary="Завести черновик методики",
    description="Методика с ошибками не сохраняется: ответ 422 называет каждую.",
    status_code=201,
    response_model=Methodology,
    dependencies=[Depends(requires("ratings:write"))],
)
async def create_methodology(
    document: Document, session: WriteSession, once: Idempotency
) -> Response:
    """Store a draft."""

    async def effect() -> Response:
        return answer(await acts.save_draft(session, document), 201)

    return await once(effect)


@router.get(
    "/{methodology}",
    summary="Методика",
    description="Версия методики с документом и ETag.",
    response_model=Methodology,
)
async def read_methodology(session: ReadSession, methodology: Id) -> Response:
    """Show a version."""
    return answer(await acts.find(session, methodology))


@router.put(
    "/{methodology}",
    summary="Заменить черновик методики",
    description="Требует If-Match; опубликованная методика не меняется.",
    response_model=Methodology,
    responses=documented(412, 428),
    dependencies=[Depends(requires("ratings:write"))],
)
async def replace_methodology(
    request: Request, document: Document, session: WriteSession, methodology: Id
) -> Response:
    """Replace a draft."""
    row = await acts.find(session, methodology)
    if_match(request, tag(row))
    return answer(await acts.replace_draft(session, row, document))


@router.post(
    "/{methodology}/validate",
    summary="Проверить методику",
    description="Ошибки и предупреждения; ничего не меняет.",
    dependencies=[Depends(requires("ratings:write"))],
)
async def validate_methodology(session: ReadSession, methodology: Id) -> Validation:
    """Check a version."""
    errors, warnings = acts.validate(await acts.find(session, methodology))
    return Validation(
        valid=not errors,
        errors=[Remark(pointer=e.pointer, code=e.code, detail=e.detail) for e in errors],
        warnings=[Remark(pointer=w.node, code=w.code, detail=w.detail) for w in warnings],
    )


@router.post(
    "/{methodology}/publish",
    summary="Опубликовать методику",
    description="Опубликованная методика не меняется; рейтинги программы пересчитываются.",
    response_model=Methodology,
    responses=documented(412, 428),
    dependencies=[Depends(requires("ratings:publish"))],
)
async def publish_methodology(
    request: Request, session: WriteSession, once: Idempotency, methodology: Id
) -> Response:
    """Publish a draft."""

    async def effect() -> Response:
        row = await acts.find(session, methodology)
        if_match(request, tag(row))
        return answer(await acts.publish(session, row))

    return await once(effect)


@router.post(
    "/{methodology}/archive",
    summary="Отправить методику в архив",
    description="Архивная методика остаётся читаемой, но не применяется.",
    response_model=Methodology,
    responses=documented(412, 428),
    dependencies=[Depends(requires("ratings:publish"))],
)
async def archive_methodology(
    request: Request, session: WriteSession, once: Idempotency, methodology: Id
) -> Response:
    """Archive a published version."""

    async def effect() -> Response:
        row = await acts.find(session, methodology)
        if_match(request, tag(row))
        return answer(await acts.archive(session, row))

    return await once(effect)


def shown(row: MethodologyRow) -> Methodology:
    """Return a version as on the wire."""
    return Methodology(
        id=row.id,
        programme=row.programme,
        version=row.version,
        state=row.state,
        created_at=row.created_at,
        published_at=row.published_at,
        archived_at=row.archived_at,
        document=dict(row.document),
    )


def tag(row: MethodologyRow) -> str:
    """Return the entity tag of a version."""
    return strong_etag(acts.version_tag(row))


def answer(row: MethodologyRow, status: int = 200) -> Response:
    """Return a version with its tag and address."""
    headers = {"ETag": tag(row), "Location": f"/v1/ratings/methodologies/{row.id}"}
    body = shown(row).model_dump_json()
    return Response(body, status, media_type="application/json", headers=headers)
