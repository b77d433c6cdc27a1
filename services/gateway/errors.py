"""What the gateway's own operations can fail with."""

from collections.abc import Iterable, Sequence

from shared.errors import (
    Conflict,
    FieldError,
    Gone,
    Invalid,
    Malformed,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)


class ClientUnknown(NotFound):
    """There is no client with this id."""

    code = "CLIENT_UNKNOWN"
    title = "Такого клиента нет"


class ErasureUnknown(NotFound):
    """There is no demand of erasure with this id."""

    code = "ERASURE_UNKNOWN"
    title = "Такого стирания нет"


class ClientInvalid(Invalid):
    """The client names scopes that cannot be granted or keys that are no public JWKS."""

    code = "CLIENT_INVALID"
    title = "Клиент не прошёл проверку"


class TerritoriesRequired(Invalid):
    """A client with access to rows about people names the territories it works with."""

    code = "TERRITORIES_REQUIRED"
    title = "Не названы территории клиента"
    remedy = "Назовите в territories коды ОКТМО территорий клиента или * для всех."

    def __init__(self, scopes: Sequence[str]) -> None:
        detail = (
            "Области " + ", ".join(scopes) + " дают доступ к строкам о людях: назовите в "
            "territories коды ОКТМО, с которыми клиент работает, или * для всех."
        )
        super().__init__(detail, errors=[FieldError("/body/territories", "REQUIRED", detail)])


class BodyTooSlow(Malformed):
    """The body arrives below the least rate, or takes longer than any body may."""

    code = "BODY_TOO_SLOW"
    title = "Тело запроса приходит слишком медленно"
    detail = "Тело запроса приходит слишком медленно. Отправьте его одной передачей."


class CallerQueueFull(TooMany):
    """So many requests of this caller to one service wait already that no more are taken."""

    code = "CALLER_QUEUE_FULL"
    title = "Слишком много одновременных запросов"

    def __init__(self) -> None:
        super().__init__(
            "Слишком много ваших запросов ждут ответа этого сервиса. Дождитесь ответов.",
            headers={"Retry-After": "1"},
        )


class CostLimited(TooMany):
    """The requests of this caller cost more than its units a minute allow."""

    code = "COST_LIMITED"
    title = "Исчерпан предел стоимости запросов"
    detail = (
        "Запросы этой минуты стоят больше, чем разрешено: стоимость операции — в x-cost "
        "описания API, остаток — в GET /v1/clients/me. Повторите через Retry-After секунд."
    )


class StreamsExceeded(TooMany):
    """This caller reads as many event streams already as it may."""

    code = "STREAMS_EXCEEDED"
    title = "Слишком много потоков событий"

    def __init__(self) -> None:
        super().__init__(
            "Открыто наибольшее разрешённое число потоков событий. Закройте лишние.",
            headers={"Retry-After": "15"},
        )


class ServiceQueueFull(Unavailable):
    """All places for requests to the service are taken, and its queue is full."""

    code = "SERVICE_QUEUE_FULL"
    title = "Сервис перегружен"

    def __init__(self) -> None:
        super().__init__(
            "Сервис перегружен: очередь запросов заполнена. Повторите запрос позже.",
            headers={"Retry-After": "2"},
        )


class BodyBrokenOff(Invalid):
    """The caller left before its body had arrived."""

    code = "BODY_BROKEN_OFF"
    title = "Тело запроса оборвалось"
    detail = "Тело запроса оборвалось на полпути."


class NotLoaded(Unavailable):
    """The gateway has not read this from its store yet, just after a start."""

    code = "NOT_LOADED"
    title = "Данные ещё загружаются"


class WebhookLimit(Conflict):
    """The client has as many subscriptions as one may have."""

    code = "WEBHOOK_LIMIT"
    title = "Слишком много подписок"


class PingWaiting(Conflict):
    """A test message of this subscription is still on its way."""

    code = "PING_WAITING"
    title = "Проверочное сообщение ещё в пути"


class TokenRequestInvalid(Malformed):
    """The request for a token lacks a field, or names an assertion of an unknown kind."""

    code = "INVALID_REQUEST"
    title = "Запрос токена составлен неверно"


class GrantTypeUnsupported(Malformed):
    """The token endpoint grants by client credentials only."""

    code = "UNSUPPORTED_GRANT_TYPE"
    title = "Такой способ получения токена не поддерживается"
    detail = "Поддерживается только client_credentials."


class ClientUnproven(Unauthenticated):
    """The client did not prove who it is; the answer never says why."""

    code = "INVALID_CLIENT"
    title = "Клиент не подтвердил, кто он"
    remedy = "Проверьте client_id и секрет; на своей машине они лежат в .data/demo-client.json."

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Basic realm="kachestvo"'})


class ScopeNotGranted(Malformed):
    """The client asks for scopes it does not have."""

    code = "INVALID_SCOPE"
    title = "Клиенту не даны эти области доступа"
    remedy = "Просите только области из GET /v1/clients/me или уберите scope."

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__("Клиенту не даны области: " + ", ".join(scopes) + ".")


# The refusals of RFC 6749, section 5.2: the code in lower case is the member `error`.
TOKEN_ERRORS = (TokenRequestInvalid, GrantTypeUnsupported, ClientUnproven, ScopeNotGranted)


class PathAmbiguous(Malformed):
    """The path has two readings: dot segments, encoded slashes, backslashes or controls."""

    code = "PATH_AMBIGUOUS"
    title = "Путь читается двояко"
    detail = (
        "Путь читается двояко: уберите «.», «..», обратную косую черту, закодированную косую "
        "черту и управляющие знаки."
    )


class PassportNotReady(Unavailable):
    """The territory is registered and its passport is not composed yet."""

    code = "PASSPORT_NOT_READY"
    title = "Паспорт ещё составляется"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class EventTypeUnknown(Invalid):
    """There is no event of a type that was asked for."""

    code = "TYPE_UNKNOWN"
    title = "Нет такого вида событий"

    def __init__(self, names: Sequence[str]) -> None:
        detail = "Неизвестные виды событий: " + ", ".join(names) + "."
        super().__init__(detail, errors=[FieldError("/query/type", "CHOICE", detail)])


class FeedCursorExpired(Gone):
    """The cursor is older than the changes that are stored; start again with all documents."""

    code = "GONE"
    title = "Курсор старше хранимой ленты"
    remedy = "Прочитайте /v1/documents целиком и продолжите ленту без курсора."
    detail = "Курсор старше хранимой ленты: сверьте документы по /v1/documents и начните заново."

    def __init__(self) -> None:
        super().__init__(headers={"Link": '</v1/documents>; rel="full-sync"'})


class ExcelWithoutCsv(Invalid):
    """`excel` has no known value, or another representation than CSV was asked for."""

    code = "EXCEL_WITHOUT_CSV"
    title = "Параметр excel действует только для CSV"
    detail = "Параметр excel (1 или 0) действует только для представления text/csv."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/query/excel", self.code, self.detail)])


class FormWithoutTable(Invalid):
    """`form` has no known value, or a representation that is no table was asked for."""

    code = "FORM_WITHOUT_TABLE"
    title = "Параметр form действует только для таблиц"
    detail = "Параметр form (long или wide) действует для таблиц: format=csv, xlsx или parquet."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/query/form", self.code, self.detail)])


class FormatUnknown(Invalid):
    """`format` names no representation."""

    code = "FORMAT_UNKNOWN"
    title = "Нет такого представления"

    def __init__(self, known: Iterable[str]) -> None:
        detail = "Известные представления: " + ", ".join(known) + "."
        super().__init__(detail, errors=[FieldError("/query/format", "CHOICE", detail)])


class RequestUnknown(NotFound):
    """Nothing is recorded of a request with this number."""

    code = "REQUEST_UNKNOWN"
    title = "О таком запросе ничего не записано"


class RetryRefused(Conflict):
    """The service did not run the job or event again: its state forbids it."""

    code = "NOT_RETRIED"
    title = "Сервис отказался повторить"
    detail = "Сервис отказался повторить: задание не в том состоянии."


class WebhookUnknown(NotFound):
    """The client has no subscription with this number."""

    code = "WEBHOOK_UNKNOWN"
    title = "Такой подписки нет"


class WebhookInvalid(Invalid):
    """The address of a subscription is refused, or an event type is unknown or closed."""

    code = "WEBHOOK_INVALID"
    title = "Подписка не прошла проверку"
    remedy = (
        "Нужен адрес https:// с именем узла вне частных сетей; на своей машине make run "
        "принимает и http://127.0.0.1. Виды событий — в описании подписки."
    )


class ReplayInvalid(Invalid):
    """A replay names either one event or a period."""

    code = "REPLAY_INVALID"
    title = "Не указано, что повторить"
    detail = "Укажите либо event, либо since (и until)."


class ChangeUnknown(NotFound):
    """There is no event with this number among those that are stored."""

    code = "CHANGE_UNKNOWN"
    title = "Такого события нет"


class DatasetUnknown(NotFound):
    """The catalogue of open data has no dataset with this code."""

    code = "DATASET_UNKNOWN"
    title = "Такого набора данных нет"
    remedy = "Возьмите код из /v1/catalogue/list.csv."
