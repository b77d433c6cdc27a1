"""Refusals of what is asked about persons."""

from shared.errors import NotFound


class PersonUnknown(NotFound):
    """The service knows nothing of this person."""

    code = "PERSON_UNKNOWN"
    title = "Человек неизвестен"
    detail = "О таком человеке ничего не известно."
