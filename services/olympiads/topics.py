"""What this service announces."""

from shared.events import Topic
from shared.ledger.topics import findings_changed
from shared.persons.eraser import person_erased

THRESHOLDS_PUBLISHED = Topic("olympiads.thresholds_published", 1, "Опубликованы проходные баллы")
STATISTICS_CHANGED = Topic("olympiads.statistics_changed", 1, "Изменилась статистика олимпиад")
FINDINGS_CHANGED = findings_changed("olympiads")
PERSON_ERASED = person_erased("olympiads")
