"""What sending data, and asking about what was sent, can fail with."""

from collections.abc import Iterable, Sequence

from shared.errors import Conflict, FieldError, Gone, Invalid, NotFound, TooMany, Unavailable


class ImportKindUnknown(Invalid):
    """The request names a kind of data that is not read here."""

    code = "KIND_UNKNOWN"
    title = "Неизвестный вид данных"

    def __init__(self, known: Sequence[str]) -> None:
        detail = "Известные виды данных: " + ", ".join(known) + "."
        super().__init__(detail, errors=[FieldError("/query/kind", "CHOICE", detail)])


class TemplateUnknown(NotFound):
    """There is no template of this kind of data."""

    code = "TEMPLATE_UNKNOWN"
    title = "Нет такого шаблона"

    @classmethod
    def among(cls, known: Iterable[str]) -> "TemplateUnknown":
        """Return the refusal that lists the kinds there are."""
        return cls("Известные виды данных: " + ", ".join(known) + ".")


class SliceInvalid(Invalid):
    """The named slice is not one this kind of data has, or is named in part only."""

    code = "SLICE_INVALID"
    title = "Срез назван неверно"


class ImportUnknown(NotFound):
    """There is no import with this number."""

    code = "IMPORT_UNKNOWN"
    title = "Такой загрузки нет"


class BodyIncomplete(Invalid):
    """The sender went away before the end of the body."""

    code = "BODY_INCOMPLETE"
    title = "Тело запроса оборвалось"


class StoredBodiesExceeded(TooMany):
    """The caller's large bodies that wait for their import fill what it may store."""

    code = "STORED_BODIES_EXCEEDED"
    title = "Слишком много ожидающих загрузок"
    detail = "Ваши большие файлы ещё загружаются. Повторите, когда часть загрузок закончится."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "30"})


class RejectedRowsExpired(Gone):
    """The rejected rows of the import are no longer stored; its report is."""

    code = "REJECTED_ROWS_EXPIRED"
    title = "Отклонённые строки больше не хранятся"
    detail = "Отклонённые строки хранятся 30 дней. Отчёт о загрузке по-прежнему доступен."


class RowsRejected(Invalid):
    """Rows of the file break rules and nothing was stored; `report` lists them."""

    code = "IMPORT_REJECTED"
    title = "Файл не принят"


class AlreadyReverted(Conflict):
    """The import has been reverted before."""

    code = "ALREADY_REVERTED"
    title = "Эта загрузка уже отменена"


class NothingToRevert(Conflict):
    """The import changed nothing, or was only a check."""

    code = "NOTHING_TO_REVERT"
    title = "Отменять нечего"


class NotRevertible(Conflict):
    """Closing the import's rows would not undo what it did."""

    code = "NOT_REVERTIBLE"
    title = "Эту загрузку нельзя отменить"


class ChangedSince(Conflict):
    """Rows of the import were changed by a later one, which must be reverted first."""

    code = "CHANGED_SINCE"
    title = "Строки изменены другой загрузкой"
    detail = "Эти строки с тех пор изменены другой загрузкой: отмените сначала её."


class ReaderInterrupted(Unavailable):
    """The system ended the reading process; the file is not to blame."""

    code = "READER_INTERRUPTED"
    title = "Чтение файла прервано"
    detail = "Чтение файла прервано системой, файл здесь ни при чём. Повторите запрос позже."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})
