"""What the operations of the olympiads can fail with."""

from shared.errors import Conflict, FieldError, Invalid, NotFound


class SeasonUnknown(NotFound):
    """The season is not registered."""

    code = "SEASON_UNKNOWN"
    title = "Сезон не зарегистрирован"

    def __init__(self, season: str) -> None:
        super().__init__(f"Сезон «{season}» не зарегистрирован.")


class SeasonExists(Conflict):
    """The season is registered already."""

    code = "SEASON_EXISTS"
    title = "Сезон уже зарегистрирован"

    def __init__(self, season: str) -> None:
        super().__init__(f"Сезон «{season}» уже зарегистрирован.")


class SeasonMalformed(Invalid):
    """A season is two neighbouring years."""

    code = "SEASON_MALFORMED"
    title = "Сезон — два соседних года"

    def __init__(self) -> None:
        detail = "Сезон — два соседних года, например 2023-2024."
        super().__init__(detail, errors=[FieldError("/body/code", "PATTERN", detail)])


class SubjectNotFound(NotFound):
    """The address or the batch names a subject that is not registered."""

    code = "SUBJECT_NOT_FOUND"
    title = "Предмет не зарегистрирован"

    def __init__(self, subject: str) -> None:
        super().__init__(f"Предмет «{subject}» не зарегистрирован.")


class SubjectUnknown(Invalid):
    """The body names a subject that is not registered."""

    code = "SUBJECT_UNKNOWN"
    title = "Неизвестный предмет"

    def __init__(self, subject: str) -> None:
        detail = f"Предмет «{subject}» не зарегистрирован."
        super().__init__(detail, errors=[FieldError("/body/subject", "CHOICE", detail)])


class ThresholdUnknown(NotFound):
    """The season has no such threshold."""

    code = "THRESHOLD_UNKNOWN"
    title = "Такого порога нет"
    detail = "Такого порога в этом сезоне нет."


class StepForbidden(Conflict):
    """The threshold's state does not allow the step."""

    code = "STEP_FORBIDDEN"
    title = "Шаг невозможен"

    def __init__(self, state: str) -> None:
        super().__init__(f"Порог в состоянии «{state}»: этот шаг невозможен.")


class BasisRequired(Invalid):
    """A published threshold is replaced on the basis of a document only."""

    code = "BASIS_REQUIRED"
    title = "Нужно основание"

    def __init__(self) -> None:
        detail = "Опубликованный порог заменяют только на основании документа."
        super().__init__(
            detail, errors=[FieldError("/body/basis/document", "BASIS_REQUIRED", detail)]
        )


class NothingToRestore(Conflict):
    """The publication brought no threshold that could be taken back."""

    code = "NOTHING_TO_RESTORE"
    title = "Отзывать нечего"
    detail = "Эта публикация не принесла порогов: исправьте данные новой загрузкой."


class QuotaUnknown(NotFound):
    """The season has no such quota."""

    code = "QUOTA_UNKNOWN"
    title = "Такой квоты нет"
    detail = "Такой квоты в этом сезоне нет."


class QuotaExists(Conflict):
    """One of the grades has a quota of the subject already."""

    code = "QUOTA_EXISTS"
    title = "Квота уже есть"
    detail = "У одного из этих классов уже есть квота по предмету."


class FloorOutOfRange(Invalid):
    """The floor is a share of the maximum in per cent."""

    code = "FLOOR_OUT_OF_RANGE"
    title = "Нижняя граница вне 0…100 %"

    def __init__(self) -> None:
        detail = "Нижняя граница — от 0 до 100 процентов."
        super().__init__(detail, errors=[FieldError("/body/floor_percent", "RANGE", detail)])


class ResultsRevisionUnknown(NotFound):
    """No import of results has this number."""

    code = "RESULTS_REVISION_UNKNOWN"
    title = "Такой ревизии результатов нет"


class RevisionsOutOfOrder(Invalid):
    """A change is asked from an earlier revision to a later one."""

    code = "REVISIONS_ORDER"
    title = "Ревизии не по порядку"
    detail = "since должна быть раньше until."
