"""What asking for a published document can fail with."""

from shared.errors import Gone, Invalid, NotFound


class NotPublished(NotFound):
    """Nothing was published under this name, number or at this instant."""

    code = "NOT_PUBLISHED"
    title = "Такой публикации нет"


class RevisionWithdrawn(Gone):
    """The revision was published and has been withdrawn since; the sentence says why."""

    code = "REVISION_WITHDRAWN"
    title = "Публикация отозвана"


class RevisionAndAsOf(Invalid):
    """A number and an instant name two revisions."""

    code = "REVISION_AND_AS_OF"
    title = "Укажите либо revision, либо as_of"
    detail = "Укажите либо revision, либо as_of, но не оба."


class TerritoryUnknown(NotFound):
    """The register of territories has no such code."""

    code = "TERRITORY_UNKNOWN"
    title = "Территории нет в реестре"

    def __init__(self, territory: str) -> None:
        super().__init__(f"Территория с кодом ОКТМО {territory} не зарегистрирована.")


class RevisionUnknown(NotFound):
    """The published thing has no revision of this number."""

    code = "REVISION_UNKNOWN"
    title = "Редакции нет"
