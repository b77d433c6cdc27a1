"""Answers to questions about a calculation, stored by the hash of inputs and question."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FIND = text("""
    SELECT content FROM analysis WHERE input_hash = :input_hash AND question = :question
""")
ADD = text("""
    INSERT INTO analysis (input_hash, question, content)
    VALUES (:input_hash, :question, :content) ON CONFLICT (input_hash, question) DO NOTHING
""")
UNDER_WAY = text("""
    SELECT id FROM job WHERE kind = :kind AND scope = :scope AND state IN ('queued', 'running')
    ORDER BY created_at LIMIT 1
""")


async def find(session: AsyncSession, input_hash: str, question: str) -> dict[str, Any] | None:
    """Return a stored answer."""
    asked = {"input_hash": input_hash, "question": question}
    content = (await session.execute(FIND, asked)).scalar_one_or_none()
    if content is None:
        return None
    found: dict[str, Any] = json.loads(content)
    return found


async def add(
    session: AsyncSession, input_hash: str, question: str, answer: Mapping[str, object]
) -> None:
    """Keep an answer; the same question about the same inputs has one answer."""
    content = json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    row = {"input_hash": input_hash, "question": question, "content": content}
    await session.execute(ADD, row)


async def under_way(session: AsyncSession, kind: str, scope: str) -> UUID | None:
    """Return the job of this kind and scope that is queued or running."""
    asked = {"kind": kind, "scope": scope}
    found: UUID | None = (await session.execute(UNDER_WAY, asked)).scalar_one_or_none()
    return found
