"""The one list of services; schemas, ports, scopes, seed order and topics derive from it.

A service is a package `services.<name>` with an `app` and a `topics` module. `shared` knows none
of them, and they know each other only by their names here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from shared.events import Topic
from shared.web.authentication import SHARED_SCOPES


@dataclass(frozen=True, slots=True)
class Service:
    """A service: also the name of its schema, its queue and its role.

    `seeded` services have `data/manifest.csv`, posted in the order of this list; `personal` ones
    keep rows about people.
    """

    name: str
    title: str
    port: int
    scopes: Mapping[str, str] = field(default_factory=dict)
    seeded: bool = True
    personal: bool = False


SERVICES = (
    Service(
        "ratings",
        "Рейтинги",
        8001,
        {
            "ratings:read": "Чтение подробных данных рейтингов",
            "ratings:write": "Загрузка данных мониторинга",
            "ratings:publish": "Публикация рейтингов и методик",
        },
    ),
    Service(
        "olympiads",
        "Олимпиады",
        8002,
        {
            "olympiads:read": "Чтение подробных данных олимпиад",
            "olympiads:write": "Загрузка данных олимпиад",
            "olympiads:approve": "Утверждение порогов",
            "olympiads:publish": "Публикация порогов",
        },
        personal=True,
    ),
    Service(
        "training",
        "Повышение квалификации",
        8003,
        {
            "training:read": "Чтение подробных данных повышения квалификации",
            "training:write": "Загрузка и изменение данных повышения квалификации",
            "training:publish": "Публикация планов",
            "training:act_as": "Действия от имени человека, названного в Kachestvo-Actor",
        },
        personal=True,
    ),
    Service("gateway", "Шлюз: паспорта и находки", 8000, seeded=False),
)
NAMES = tuple(service.name for service in SERVICES)
# Those behind the gateway, which knows them by their addresses.
UPSTREAMS = tuple(service.name for service in SERVICES if service.name != "gateway")
# Whose holders read or write rows about people: their clients are bound to territories.
PERSONAL_SCOPES = frozenset(
    scope for service in SERVICES if service.personal for scope in service.scopes
)
SCOPES = {
    scope: title for service in SERVICES for scope, title in service.scopes.items()
} | SHARED_SCOPES


@cache
def topics() -> Mapping[str, Topic]:
    """Return every type of event by its code; a service without a `topics` module raises."""
    found = {
        str(topic): topic
        for name in NAMES
        for topic in vars(import_module(f"services.{name}.topics")).values()
        if isinstance(topic, Topic)
    }
    strangers = [code for code in found if code.partition(".")[0] not in NAMES]
    if strangers:
        raise ValueError(f"These topics belong to no service: {strangers}.")
    return found


def topic_code(code: str) -> str:
    """Return the code of a known topic; KeyError for one that no service announces."""
    return str(topics()[code])
