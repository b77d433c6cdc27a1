"""What this service announces."""

from shared.events import Topic
from shared.ledger.topics import findings_changed
from shared.persons.eraser import person_erased

REVISION_PUBLISHED = Topic("ratings.revision_published", 1, "Опубликована редакция рейтинга")
TERRITORIES_CHANGED = Topic("ratings.territories_changed", 1, "Изменился реестр территорий")
EFFECTS_PUBLISHED = Topic("ratings.effects_published", 1, "Опубликована оценка эффекта меры")
FINDINGS_CHANGED = findings_changed("ratings")
PERSON_ERASED = person_erased("ratings")
