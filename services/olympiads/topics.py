"""What this service announces."""

from shared.events import Topic
from shared.ledger.topics import findings_changed

THRESHOLDS_PUBLISHED = Topic("olympiads.thresholds_published", 1, "Опубликованы проходные баллы")
STATISTICS_CHANGED = Topic("olympiads.statistics_changed", 1, "Изменилась статистика олимпиад")
FINDINGS_CHANGED = findings_changed("olympiads")
