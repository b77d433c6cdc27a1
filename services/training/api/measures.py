"""A measure and whom it reached."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.training.api.active import one_of
from services.training.api.year import published
from services.training.schemas.measures import ExposureDocument, MeasureCard
from services.training.schemas.teacher_effects import TeacherEffect
from services.training.store import measures
from services.training.usecases import teacher_effects
from services.training.usecases.exposures import measure_card, path_of
from shared.publication import Asked
from shared.web import ReadSession

router = APIRouter(prefix="/v1/training/measures", tags=["training"])
Code = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_.\-]{1,100}$",
        max_length=100,
        description="Код мероприятия.",
        examples=["courses"],
    ),
]


@router.get(
    "/{code}",
    summary="Мероприятие программы",
    description="Срок, кого охватывает, как выбраны единицы, какие результаты ожидаются.",
)
async def get_measure(session: ReadSession, code: Code) -> MeasureCard:
    """Show a measure."""
    row = await one_of(session, "measures", code)
    evaluated = {one.code: one for one in await measures.evaluated(session)}
    return MeasureCard.model_validate(measure_card(dict(row), evaluated.get(code)))


@router.get(
    "/{code}/exposures",
    summary="Охват мероприятия",
    description="Какие единицы и с какого периода мера охватила, доза и страта жребия. Охват "
    "считается по посещению, маршрутам или наставникам либо загружен; числа меньше трёх скрыты.",
    response_model=ExposureDocument,
)
async def get_exposures(session: ReadSession, code: Code, asked: Asked) -> Response:
    """Answer with the published exposures."""
    return await published(session, path_of(code), asked)


@router.get(
    "/{code}/effect",
    summary="Помогла ли мера учителям",
    description="Зачисленные по опубликованному плану против списка ожидания: одна компетенция до "
    "и после на параллельных формах, ANCOVA, перестановки внутри страт жребия. Групп меньше десяти "
    "учителей нет.",
    response_model=TeacherEffect,
)
async def get_teacher_effect(session: ReadSession, code: Code, asked: Asked) -> Response:
    """Answer with the published effect on teachers."""
    return await published(session, teacher_effects.path_of(code), asked)
