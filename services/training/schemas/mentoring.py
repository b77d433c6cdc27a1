"""`mentoring/preview`: teachers and mentors in, the fairest matching out."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.training.domain import mentor_profiles, mentoring
from services.training.schemas.fields import Code, Ref, Travel, Zone, refuse_repeats
from shared.web import RequestModel, ResponseModel

Codes = Annotated[list[Code], Field(max_length=1000)]


class MatchTeacher(RequestModel):
    """Учитель с дефицитами."""

    ref: Ref
    deficits: Codes
    zone: Zone
    superior: Ref | None = None
    previous: Ref | None = None


class MatchMentor(RequestModel):
    """Наставник: что умеет, где работает, сколько человек может вести."""

    ref: Ref
    capabilities: Codes
    zone: Zone
    remote: Annotated[bool, Field(strict=True, description="Работает со всеми зонами.")]
    norm: Annotated[int, Field(strict=True, ge=0, le=100_000, description="Норма нагрузки.")]


class MatchProblem(RequestModel):
    """Учителя, наставники и расстояния между зонами."""

    teachers: Annotated[list[MatchTeacher], Field(max_length=20_000)]
    mentors: Annotated[list[MatchMentor], Field(max_length=2_000)]
    travel: Travel = Field(default_factory=dict)

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "teachers": [
                    {
                        "ref": "t-0001",
                        "deficits": ["physics.optics"],
                        "zone": "08709000",
                        "superior": None,
                        "previous": "m-0007",
                    }
                ],
                "mentors": [
                    {
                        "ref": "m-0007",
                        "capabilities": ["physics.optics", "physics.mechanics"],
                        "zone": "08709000",
                        "remote": False,
                        "norm": 3,
                    }
                ],
                "travel": {},
            }
        },
    )

    def problem(self) -> tuple[list[mentor_profiles.Mentee], list[mentor_profiles.Mentor]]:
        """Return the domain's values; refuses repeated references with their places."""
        refuse_repeats((teacher.ref for teacher in self.teachers), "/body/teachers/{}/ref")
        refuse_repeats((mentor.ref for mentor in self.mentors), "/body/mentors/{}/ref")
        return [
            mentor_profiles.Mentee(
                row.ref, frozenset(row.deficits), row.zone, row.superior, row.previous
            )
            for row in self.teachers
        ], [
            mentor_profiles.Mentor(
                row.ref, frozenset(row.capabilities), row.zone, row.remote, row.norm
            )
            for row in self.mentors
        ]


class Pair(ResponseModel):
    """Учитель и его наставник."""

    teacher: Ref
    mentor: Ref


class WithoutMentor(ResponseModel):
    """Учитель без наставника и причина."""

    teacher: Ref
    reason: mentor_profiles.Reason


class MentorMatching(ResponseModel):
    """Лучшее сопоставление: охват, нагрузка, преемственность, расстояние."""

    pairs: Annotated[list[Pair], Field(max_length=20_000)]
    uncovered: Annotated[list[WithoutMentor], Field(max_length=20_000)]
    max_load: Annotated[int, Field(ge=0, le=2**53)]
    kept: Annotated[int, Field(ge=0, le=2**53)]
    cost: Annotated[int, Field(ge=0, le=2**53)]
    status: Literal["optimal", "feasible"]


def matching_answer(found: mentoring.Matching) -> MentorMatching:
    """Show a matching; every level is proved."""
    return MentorMatching(
        pairs=[Pair(teacher=teacher, mentor=mentor) for teacher, mentor in found.pairs],
        uncovered=[WithoutMentor(teacher=ref, reason=reason) for ref, reason in found.uncovered],
        max_load=found.max_load,
        kept=found.kept,
        cost=found.cost,
        status="optimal",
    )
