"""Files of made-up results in the columns of the import, from the service's own generator."""

from collections.abc import Mapping

from services.olympiads.domain.generator import STEP, Chunk, Group, generate

HEAD = (
    "season,stage,subject,participant,study_grade,task_grade,municipality,school,score,status,"
    "state,consent"
)
PLACES = ("08701000", "08709000", "08655000", "08634000")


def results_csv(groups: list[Group], season: str, seed: int = 1) -> bytes:
    lines = [HEAD]
    for chunk in generate(groups, len(PLACES), seed):
        lines += [line(chunk, row, season) for row in range(len(chunk))]
    return "\n".join(lines).encode()


def line(chunk: Chunk, row: int, season: str) -> str:
    status = "void" if chunk.void[row] else "participant"
    return (
        f"{season},municipal,{chunk.subject},p-{chunk.participant[row]:016x},"
        f"{chunk.study_grade[row]},{chunk.task_grade},{PLACES[chunk.municipality[row]]},"
        f"s-{chunk.school[row]},{chunk.score_steps[row] / STEP},{status},final,да"
    )


def maxima_csv(maxima: Mapping[tuple[str, int], int], season: str) -> bytes:
    rows = [f"{season},municipal,{s},{g},{m}" for (s, g), m in maxima.items()]
    return "\n".join(["season,stage,subject,grade,maximum", *rows]).encode()
