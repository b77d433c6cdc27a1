"""What questions and corrections about claims and findings can fail with."""

from shared.errors import Conflict, FieldError, Invalid, NotFound


class ClaimUnknown(NotFound):
    """There is no claim with this number."""

    code = "CLAIM_UNKNOWN"
    title = "Такого числа в книге нет"


class ClaimUnchanged(Conflict):
    """The correction repeats the text that is taken already."""

    code = "CLAIM_UNCHANGED"
    title = "Исправление повторяет действующий текст"


class FigureUnreadable(Invalid):
    """The corrected text is no figure of the claim's concept."""

    code = "FIGURE_UNREADABLE"
    title = "Текст не читается как число"

    def __init__(self, concept: str, defect: str) -> None:
        detail = f"Текст не читается как {concept}."
        super().__init__(detail, errors=[FieldError("/raw", defect, detail)])


class FindingUnknown(NotFound):
    """There is no finding with this number."""

    code = "FINDING_UNKNOWN"
    title = "Такого вывода нет"


class FindingResolved(Conflict):
    """A resolved finding needs nobody's acknowledgement."""

    code = "FINDING_RESOLVED"
    title = "Вывод уже закрыт"


class SourceDocumentUnknown(NotFound):
    """No claims or assumptions of this document are stored."""

    code = "SOURCE_DOCUMENT_UNKNOWN"
    title = "Чисел такого документа нет"


class DocumentUnnamed(Invalid):
    """Members next to the claims belong to no single document."""

    code = "DOCUMENT_UNNAMED"
    title = "Документ не назван"

    def __init__(self) -> None:
        detail = "Назовите документ: его код — текст до 100 знаков."
        super().__init__(detail, errors=[FieldError("/document", "CODE", detail)])


class DocumentInvalid(Invalid):
    """The document cannot be read; `errors` name every place."""

    code = "DOCUMENT_INVALID"
    title = "Документ не прочитан"
