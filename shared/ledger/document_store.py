"""SQL of the stored source documents: what each is about, and whether it has been checked.

The state of a check is not stored: it follows from the document's jobs and its last completed
check, so that a crashed or cancelled job cannot leave it wrong.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

RECHECK = "recheck_findings"
# A document's region is stated with its claims or, where its claims came as a table, by a fact.
LIST_DOCUMENTS = text("""
    WITH code AS (
        SELECT document FROM claim WHERE known_to = 'infinity'
        UNION SELECT document FROM assumption WHERE known_to = 'infinity'
        UNION SELECT document FROM finding WHERE origin = 'document:' || document
    ), counted AS (
        SELECT document, count(*) AS claims,
            coalesce(array_agg(DISTINCT territory) FILTER (WHERE territory IS NOT NULL), '{}')
                AS territories
        FROM claim WHERE known_to = 'infinity' GROUP BY document
    ), stated AS (
        SELECT document, max(code) FILTER (WHERE fact = 'territory') AS territory,
            max(value) FILTER (WHERE fact = 'title') AS title
        FROM document_fact
        WHERE known_to = 'infinity' AND document IS NOT NULL AND fact IN ('territory', 'title')
        GROUP BY document
    ), queued AS (
        SELECT scope, bool_or(state IN ('queued', 'running')) AS waiting,
            max(finished_at) FILTER (WHERE state IN ('failed', 'quarantined', 'cancelled'))
                AS failed_at
        FROM job WHERE kind = :recheck GROUP BY scope
    )
    SELECT code.document,
        coalesce(x.members->>'title', stated.title) AS title,
        coalesce(x.members->>'territory', stated.territory) AS territory,
        coalesce(counted.claims, 0) AS claims,
        coalesce(counted.territories, '{}') AS territories,
        CASE WHEN queued.waiting THEN 'pending'
            WHEN queued.failed_at > coalesce(k.checked_at, '-infinity') THEN 'failed'
            WHEN k.checked_at IS NULL THEN 'pending' ELSE 'done' END AS state,
        k.checked_at, k.revision, coalesce(k.rules_failed, '{}') AS rules_failed
    FROM code LEFT JOIN counted USING (document) LEFT JOIN stated USING (document)
    LEFT JOIN document_context AS x USING (document)
    LEFT JOIN document_check AS k USING (document)
    LEFT JOIN queued ON queued.scope = code.document
    WHERE (CAST(:document AS text) IS NULL OR code.document = :document)
    AND (CAST(:after AS text) IS NULL OR code.document > :after)
    ORDER BY code.document LIMIT :limit
""")
SAVE_CHECK = text("""
    INSERT INTO document_check AS k (document, revision, rules_failed, rules, unchecked)
    VALUES (:document, :revision, :rules_failed, CAST(:rules AS jsonb), CAST(:unchecked AS jsonb))
    ON CONFLICT (document) DO UPDATE SET checked_at = clock_timestamp(),
        revision = excluded.revision, rules_failed = excluded.rules_failed,
        rules = excluded.rules, unchecked = excluded.unchecked
""")
SHOW_CHECK = text("""
    SELECT rules_failed, rules, unchecked FROM document_check WHERE document = :document
""")
COUNT_FINDINGS = text("""
    SELECT document, severity, count(*) AS n FROM finding
    WHERE (status <> 'resolved' OR severity = 'consistent') AND document = ANY(:documents)
    GROUP BY 1, 2
""")
SCOPES = text("SELECT DISTINCT scope FROM claim WHERE document = :document ORDER BY 1")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A source document: whose it is, what it speaks of, the state of its check.

    `territory` is the region it belongs to, None for one of the whole country or of nobody known;
    `territories` are those its claims name. `checked_at` and `revision` are of the last completed
    check, None before the first.
    """

    document: str
    title: str | None
    territory: str | None
    claims: int
    territories: Sequence[str]
    state: str
    checked_at: datetime | None
    revision: int | None
    rules_failed: Sequence[str]

    def check(self) -> dict[str, Any]:
        """Return `{state, at, revision, rules_failed}` of the wire formats."""
        at = self.checked_at
        return {
            "state": self.state,
            "at": None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "revision": self.revision,
            "rules_failed": list(self.rules_failed),
        }


async def list_documents(
    session: AsyncSession, *, document: str | None = None, after: str | None = None, limit: int
) -> list[StoredDocument]:
    """Return the stored documents by code, after the last one seen."""
    asked = {"document": document, "after": after, "limit": limit, "recheck": RECHECK}
    rows = await session.execute(LIST_DOCUMENTS, asked)
    return [StoredDocument(**row._mapping) for row in rows]  # noqa: SLF001 -- a public name.


async def save_check(
    session: AsyncSession,
    document: str,
    *,
    revision: int,
    rules_failed: Sequence[str],
    rules: Sequence[Mapping[str, Any]],
    unchecked: Sequence[Mapping[str, Any]],
) -> None:
    """Record that a document was checked, and what the check could not say."""
    row = {
        "document": document,
        "revision": revision,
        "rules_failed": list(rules_failed),
        "rules": json.dumps(rules, ensure_ascii=False),
        "unchecked": json.dumps(unchecked, ensure_ascii=False),
    }
    await session.execute(SAVE_CHECK, row)


async def show_check(session: AsyncSession, document: str) -> Mapping[str, Any] | None:
    """Return `rules_failed`, `rules` and `unchecked` of the last completed check, or None."""
    row = (await session.execute(SHOW_CHECK, {"document": document})).mappings().one_or_none()
    return None if row is None else dict(row)


async def scopes_of(session: AsyncSession, document: str) -> list[str]:
    """Return the programmes, seasons and years a document speaks of, or did."""
    return list((await session.execute(SCOPES, {"document": document})).scalars())


async def count_findings(
    session: AsyncSession, documents: Sequence[str]
) -> Mapping[str, Mapping[str, int]]:
    """Return how many findings in force have each severity, by document; zeros are left out."""
    counts: dict[str, dict[str, int]] = {}
    for row in await session.execute(COUNT_FINDINGS, {"documents": list(documents)}):
        counts.setdefault(row.document, {})[row.severity] = row.n
    return counts
