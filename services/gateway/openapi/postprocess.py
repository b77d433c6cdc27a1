"""What every operation of the merged document has in common, added in one place."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.catalogue import SERVICES
from services.gateway.openapi.constraints import constrain
from services.gateway.openapi.examples import exemplify, tabulate
from services.gateway.openapi.merge import Json, operations
from services.gateway.openapi.parameter_examples import exemplify_parameters
from services.gateway.openapi.refusals import show_refusals
from services.gateway.representations.kinds import (
    JSON,
    JSON_STAT,
    SDMX_CSV,
    SDMX_STRUCTURE,
    TableKind,
    kind_of,
)
from services.gateway.representations.render import FORMATS, FORMS

PROBLEM = "#/components/schemas/ProblemDetails"
_PROBLEM_MEDIA = "application/problem+json"
_STRING = {"type": "string"}
_FIELDS: dict[str, Json] = {
    "X-Request-Id": {
        "description": "Номер запроса для обращения к администратору.",
        "schema": {**_STRING, "maxLength": 64, "examples": ["3f0c8f6e1d9a-1a2b"]},
    },
    "RateLimit": {
        "description": "Остаток квоты (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {**_STRING, "maxLength": 200, "examples": ['"documents";r=99;t=1']},
    },
    "RateLimit-Policy": {
        "description": "Правило квоты.",
        "schema": {**_STRING, "maxLength": 200, "examples": ['"documents";q=100;w=60']},
    },
    "ETag": {
        "description": "Сильный тег версии и представления.",
        "schema": {**_STRING, "maxLength": 100, "examples": ['"3934adb7e23e76885491827df9656bd1"']},
    },
    "Last-Modified": {
        "description": "Время источника.",
        "schema": {**_STRING, "maxLength": 40, "examples": ["Thu, 01 Dec 2022 00:00:00 GMT"]},
    },
    "Age": {
        "description": "Сколько секунд назад сервис подтвердил документ.",
        "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2147483647},
    },
    "Access-Control-Allow-Origin": {
        "description": "Источник, которому разрешён ответ; есть, если CORS включён настройкой.",
        "schema": {**_STRING, "maxLength": 300, "examples": ["https://portal.example"]},
    },
    "Retry-After": {
        "description": "Через сколько секунд повторить.",
        "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86400},
    },
}
# Names that are at every answer are short among the components.
_COMPONENT = {"RateLimit": "Quota", "Access-Control-Allow-Origin": "Origin"}
_EVERYWHERE = ("RateLimit", "Access-Control-Allow-Origin")
# Every answer has them; they are stated at the two refusals that every operation can give.
_ALWAYS = ("4XX", "5XX")
_OF_REFUSALS = ("X-Request-Id", "RateLimit-Policy")
_TOKEN_PATH = "/oauth/token"  # noqa: S105 -- an address, not a secret.
# Open data needs no token; one that is sent is verified and counts for the client's own quota.
_OPEN: tuple[Json, ...] = ({"oauth2": []}, {})
_OAUTH2: Json = {
    "type": "oauth2",
    "flows": {"clientCredentials": {"tokenUrl": _TOKEN_PATH, "scopes": {}}},
}
# What the framework says where a service says nothing.
_UNSAID = ("Successful Response", None)
_DONE = {
    "201": "Создано",
    "202": "Принято: выполняется в фоне",
    "204": "Сделано, ответ пуст",
    "207": "Итог по каждой строке",
}
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
_HTTP_FIELDS = frozenset({"accept", "content-type", "authorization"})
_DOCUMENT = ("ETag", "Last-Modified", "Age")
_TAGS = (
    *((service.name, service.title) for service in reversed(SERVICES)),
    ("changes", "Лента изменений"),
    ("webhooks", "Вебхуки"),
    ("incoming", "Сообщения вебхуков: что присылают получателю"),
    ("identity", "Клиенты и токены"),
    ("admin", "Администрирование"),
)
# Messages have a tag of their own: generators make one class a tag, and a tag shared with `paths`
# lets the messages overwrite the operations.
INCOMING = "incoming"
_OVERVIEW = (
    "Оценка и управление качеством образования региона: рейтинги, олимпиады, повышение "
    "квалификации, находки в опубликованных числах. Открытые данные читаются без токена; для "
    "записи и подробных данных получите токен через POST /oauth/token.\n\n"
    "**Размеры.** Тело запроса до 1 МиБ; загрузка данных до 200 МиБ: до 1 МиБ ответ приходит "
    "сразу (200), больше — 202 и фоновое задание; сверх предела — 413. Списки отдаются "
    "страницами по `limit` (1…1000, иное приводится к границе) с курсором `next` и заголовком "
    "`Link`. Пакетная проверка участников — до 10 000 в одном запросе.\n\n"
    "**Квоты.** Каждый ответ несёт `RateLimit` (остаток), `RateLimit-Policy` (правило) и "
    "`X-Request-Id` (номер запроса для администратора).\n\n"
    "**Отказы.** Каждый — `application/problem+json` с постоянным `code`; `type` ведёт на "
    "страницу `/problems/{code}`: что случилось и что делать."
)


_JSON_FORMS = {
    JSON: "Таблица",
    JSON_STAT: "JSON-stat 2.0",
    SDMX_STRUCTURE: "SDMX-JSON 2.0: структура",
}


def postprocess(document: Json, titles: Mapping[str, str] = MappingProxyType({})) -> Json:
    """Complete a merged document in place and return it; `titles` are those of problem types.

    The server is the one the document was read from, whatever name people reach it by.
    """
    document["openapi"] = "3.1.0"
    document["info"] = {
        "title": "Kachestvo API",
        "version": document["info"]["version"],
        "summary": "Рейтинги, олимпиады и повышение квалификации региона",
        "description": _OVERVIEW,
        "contact": {"name": "Служба поддержки API", "email": "api@kachestvo.example"},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    document["servers"] = [
        {"url": "/", "description": "Этот шлюз (production)", "x-internal": False}
    ]
    used = {tag for _, _, operation in operations(document) for tag in operation.get("tags", [])}
    used |= {INCOMING} if document.get("webhooks") else set()
    document["tags"] = [
        {"name": name, "x-displayName": title, "description": title}
        for name, title in _TAGS
        if name in used
    ]
    components = document["components"]
    components["headers"] = {_COMPONENT.get(name, name): dict(f) for name, f in _FIELDS.items()}
    # RFC 9457 lets a problem carry members of its own, as the token endpoint's `error`.
    components["schemas"].get("ProblemDetails", {}).pop("additionalProperties", None)
    _complete_schemes(components.setdefault("securitySchemes", {}))
    show_refusals(document, titles)
    for path, method, operation in operations(document):
        _complete(path, method, operation)
    constrain(document)
    exemplify_parameters(document)
    exemplify(document)
    for path, method, operation in operations(document):
        kind = kind_of(_sample(path))
        if method == "get" and kind is not None and "200" in operation["responses"]:
            tabulate(operation, kind, _sample(path))
    return document


def _complete_schemes(schemes: Json) -> None:
    """Say how tokens are checked, and how the token endpoint knows a client."""
    flow = schemes.setdefault("oauth2", dict(_OAUTH2)).get("flows", {}).get("clientCredentials", {})
    schemes["oauth2"]["description"] = (
        "OAuth 2.0 client credentials: токен выдаёт POST /oauth/token на 10 минут. Токены — JWT "
        "по RFC8725: только ES256 и EdDSA, проверяются издатель, получатель и срок."
    )
    flow["refreshUrl"] = flow.get("tokenUrl", "/oauth/token")
    schemes["client_authentication"] = {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": (
            "Только для POST /oauth/token: «Basic» с клиентом и секретом (RFC 6749, 2.3.1). Вместо "
            "заголовка годятся поля формы или подписанное утверждение private_key_jwt."
        ),
    }


def _complete(path: str, method: str, operation: Json) -> None:
    if not operation.get("security"):
        proof: Json = {"client_authentication": []}
        operation["security"] = [proof, {}] if path == _TOKEN_PATH else [dict(o) for o in _OPEN]
    if not _RUSSIAN.search(operation.get("description", "")):
        operation["description"] = operation.get("summary", "")
    operation["parameters"] = [
        one for one in operation.get("parameters", []) if not _is_of_http(one)
    ]
    responses: Json = operation["responses"]
    _tell_refusals(responses)
    if method == "get":
        _complete_read(path, operation, responses)
    if "428" in responses:
        _ask_for_if_match(operation)
    if "requestBody" in operation:
        _put_json_first(operation["requestBody"])
    for status, response in responses.items():
        if response.get("description") in _UNSAID:
            response["description"] = _DONE.get(status, "Успех")
        names = [*_EVERYWHERE, *(_OF_REFUSALS if status in _ALWAYS else ())]
        names += ["Retry-After"] if status in {"429", *_ALWAYS} else []
        headers = response.setdefault("headers", {})
        for name in names:
            headers.setdefault(name, _header(name))


def _tell_refusals(responses: Json) -> None:
    """Name the refusals of any operation; those of its own it has named itself."""
    always = {
        "4XX": "Отказ: причину называет code",
        "5XX": "Не выполнено: сервис недоступен (503) или ошибка на нашей стороне (500)",
    }
    for status, description in always.items():
        responses.setdefault(status, _problem(description))


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{_COMPONENT.get(name, name)}"}


def _put_json_first(body: Json) -> None:
    """Order the media types of a body: generators that know one type take the first.

    Where JSON is an array or an object around it, the array is meant: generators write code that
    does not compile for a choice of the two.
    """
    content: Json = body.get("content", {})
    choices = content.get(JSON, {}).get("schema", {}).get("oneOf", [])
    arrays = [one for one in choices if one.get("type") == "array"]
    if len(arrays) == 1:
        content[JSON]["schema"] = arrays[0]
    body["content"] = dict(sorted(content.items(), key=lambda item: item[0] != JSON))


def _is_of_http(parameter: Json) -> bool:
    """Tell whether OpenAPI says a parameter elsewhere and asks that it be ignored here."""
    return parameter.get("in") == "header" and str(parameter.get("name")).lower() in _HTTP_FIELDS


def _complete_read(path: str, operation: Json, responses: Json) -> None:
    kind = kind_of(_sample(path))
    if kind is None or "200" not in responses:
        return
    headers = responses["200"].setdefault("headers", {})
    for name in _DOCUMENT:
        headers.setdefault(name, _header(name))
    content = responses["200"].setdefault("content", {})
    for media in kind.offers:
        if media not in content:
            content[media] = {"schema": _representation(media)}
    responses.setdefault("304", {"description": "Не изменилось с версии из If-None-Match"})
    responses.setdefault("406", _problem("Нет такого представления"))
    known = {(one.get("in"), one.get("name")) for one in operation.get("parameters", [])}
    for parameter in _representation_parameters(kind):
        if ("query", parameter["name"]) not in known:
            operation.setdefault("parameters", []).append(parameter)


def _ask_for_if_match(operation: Json) -> None:
    """Tell the condition that a write of a versioned resource must carry."""
    parameters: list[Json] = operation.setdefault("parameters", [])
    if any(str(one.get("name")).lower() == "if-match" for one in parameters):
        return
    parameters.append(
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "ETag версии, которую вы меняете.",
            "schema": {**_STRING, "maxLength": 1000, "pattern": '^(\\*|"[^"]*"(, *"[^"]*")*)$'},
            "example": '"3934adb7e23e76885491827df9656bd1"',
        }
    )


def _representation(media: str) -> Json:
    if media in _JSON_FORMS:
        return {"type": "object", "description": _JSON_FORMS[media], "additionalProperties": True}
    if media.startswith("text/") or media == SDMX_CSV:
        return {"type": "string", "maxLength": 100_000_000}
    return {"type": "string", "format": "binary", "maxLength": 100_000_000}


def _representation_parameters(kind: TableKind) -> list[Json]:
    names = [name for name, media in FORMATS.items() if media in kind.offers]
    described: dict[str, tuple[str, list[str]]] = {
        "format": ("Представление в ссылке, вместо заголовка Accept.", names),
        "excel": (
            "CSV для русского Excel: «;», десятичные запятые, слова вместо кодов.",
            ["0", "1", "false", "true"],
        ),
    }
    if kind.is_wide:
        told = "Таблица в длинную (long): по строке на территорию и показатель."
        described["form"] = (told, list(FORMS))
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": description,
            "schema": {"type": "string", "enum": values},
        }
        for name, (description, values) in described.items()
    ]


def _problem(description: str) -> Json:
    return {
        "description": description,
        "content": {_PROBLEM_MEDIA: {"schema": {"$ref": PROBLEM}}},
    }


_SAMPLES = {
    "{programme}": "rum",
    "{period}": "2022",
    "{season}": "2022-2023",
    "{year}": "2023",
}


def _sample(path: str) -> str:
    """Return a path template with plausible values, to ask what kind of document it is."""
    for name, value in _SAMPLES.items():
        path = path.replace(name, value)
    return path


def webhooks_section(types: Mapping[str, str]) -> Json:
    """Return the `webhooks` object: one entry a type of message."""
    return {
        name.replace(".", "_"): {"post": _webhook(name, title)} for name, title in types.items()
    }


def _webhook(name: str, title: str) -> dict[str, Any]:
    parameters = [
        _header_parameter("webhook-id", "Номер сообщения: одинаков при повторах."),
        _header_parameter("webhook-timestamp", "Время отправки, секунды эпохи."),
        _header_parameter("webhook-signature", "Подписи v1 через пробел (HMAC-SHA256)."),
    ]
    return {
        "operationId": f"receive_{name.replace('.', '_')}",
        "summary": title,
        "description": "Сообщение по Standard Webhooks с телом CloudEvents 1.0.",
        "tags": [INCOMING],
        # A client calls none of these; generators that know the mark leave them out of it.
        "x-internal": True,
        "security": [],
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": {
                    "schema": {"$ref": "#/components/schemas/CloudEvent"}
                }
            },
        },
        "responses": {
            "2XX": {"description": "Принято"},
            "410": {"description": "Больше не присылать: подписка выключается"},
        },
    }


def _header_parameter(name: str, description: str) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", "maxLength": 1000},
    }
