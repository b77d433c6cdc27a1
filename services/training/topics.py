"""What this service announces."""

from shared.events import Topic
from shared.ledger.topics import findings_changed
from shared.persons.eraser import person_erased

PLAN_PUBLISHED = Topic("training.plan_published", 1, "Опубликован план повышения квалификации")
ROUTE_CHANGED = Topic(
    "training.route_changed", 1, "Изменился индивидуальный маршрут", audience="training:read"
)
EXPOSURES_PUBLISHED = Topic(
    "training.exposures_published", 1, "Опубликован охват мероприятия программы"
)
FINDINGS_CHANGED = findings_changed("training")
PERSON_ERASED = person_erased("training")
