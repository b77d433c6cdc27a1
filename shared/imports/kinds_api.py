"""What a service takes in: the list of its kinds of data, and their templates."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from shared.imports.contract import BINARY, XLSX, described_column, kind_parameter
from shared.imports.errors import TemplateUnknown
from shared.imports.import_types import ImportKind
from shared.imports.parse_task import MEDIA_TYPE_OF, Format
from shared.imports.schemas import ImportColumn, ImportKindInfo, ImportKinds, ImportTemplates
from shared.imports.templates import template_csv, template_xlsx
from shared.negotiation import choose_media
from shared.web.errors import RepresentationUnknown

FORMAT_OF = {MEDIA_TYPE_OF[form]: form for form in (Format.CSV, Format.XLSX)}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Файл.", "content": {m: {"schema": BINARY} for m in ("text/csv", XLSX)}}
}


def add_kinds(router: APIRouter, service: str, kinds: Sequence[ImportKind]) -> None:
    """Add the routes of kinds and templates, open to everybody."""
    by_code = {kind.code: kind for kind in kinds}
    listed = ImportKinds(items=[_info(service, kind) for kind in kinds])

    @router.get(
        "/kinds",
        summary="Виды данных для загрузки",
        description="Код, название, колонки и шаблоны каждого вида.",
    )
    async def list_import_kinds() -> ImportKinds:
        return listed

    @router.get(
        "/templates/{kind}",
        summary="Шаблон файла для загрузки",
        description="CSV или XLSX по заголовку Accept или параметру format: заголовки колонок,"
        " пояснения и примеры в строках, которые начинаются с «# » и при загрузке пропускаются.",
        response_class=Response,
        responses=FILES,
    )
    async def get_import_template(
        kind: Annotated[
            str,
            Path(
                description="Вид данных.",
                pattern="^[a-z][a-z0-9_]*$",
                max_length=100,
                json_schema_extra=kind_parameter(kinds),
            ),
        ],
        accept: Annotated[str, Header(max_length=1000)] = "*/*",
        excel: Annotated[bool, Query(description="Начать CSV меткой UTF-8 для Excel.")] = False,
        format: Annotated[  # noqa: A002 -- the name on the wire.
            str | None,
            Query(description="csv или xlsx вместо заголовка Accept.", pattern="^(csv|xlsx)$"),
        ] = None,
    ) -> Response:
        if kind not in by_code:
            raise TemplateUnknown.among(by_code)
        wanted = Format(format) if format else format_accepted(accept)
        return _template(by_code[kind], wanted, excel=excel)


def _template(kind: ImportKind, wanted: Format, *, excel: bool) -> Response:
    layout = kind.layout
    content = template_xlsx(layout) if wanted is Format.XLSX else template_csv(layout, excel=excel)
    media = MEDIA_TYPE_OF[wanted] + ("; charset=utf-8" if wanted is Format.CSV else "")
    name = f"attachment; filename={kind.code}.{wanted.value}"
    return Response(
        content, media_type=media, headers={"Content-Disposition": name, "Vary": "Accept"}
    )


def _info(service: str, kind: ImportKind) -> ImportKindInfo:
    base = f"/v1/{service}/imports/templates/{kind.code}"
    wire = {column.stored: column.name for column in kind.layout.columns}
    return ImportKindInfo(
        kind=kind.code,
        title=kind.title,
        columns=[
            ImportColumn(
                name=column.name,
                title=column.title,
                type=column.type.value,
                required=column.required,
                explanation=described_column(column),
                example=column.example,
                choices=list(column.choices),
            )
            for column in kind.layout.columns
        ],
        key=[wire.get(name, name) for name in kind.layout.key],
        slices=list(kind.slices),
        templates=ImportTemplates(csv=f"{base}?format=csv", xlsx=f"{base}?format=xlsx"),
    )


def format_accepted(accept: str) -> Format:
    """Return CSV or XLSX, whichever an `Accept` header prefers, CSV on a tie; else 406."""
    media = choose_media(accept, tuple(FORMAT_OF))
    if media is None:
        raise RepresentationUnknown("Шаблон есть в text/csv и в формате XLSX.")
    return FORMAT_OF[media]
