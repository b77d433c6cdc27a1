"""`Idempotency-Key`: the answer is stored in the transaction of the effect it tells.

A repeated request with the same key gets the first answer; the same key with another body is
refused, and so is one that arrives while the first is still running.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.auth import Caller
from shared.web.authentication import optional_caller
from shared.web.errors import IdempotencyInProgress, IdempotencyMismatch
from shared.web.sessions import WriteSession

RETENTION_HOURS = 24
REPLAYED_HEADER = "Idempotency-Replayed"

TRY_LOCK_KEY = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 1))")
FIND_RESPONSE = text("""
    SELECT fingerprint, status, headers, body FROM idempotency
    WHERE client = :client AND route = :route AND key = :key
    AND created_at > clock_timestamp() - make_interval(hours => :hours)
""")
# A few at a time, and none that another request is forgetting: nobody waits for their end here.
DELETE_EXPIRED = text("""
    DELETE FROM idempotency WHERE (client, route, key) IN (
        SELECT client, route, key FROM idempotency
        WHERE created_at <= clock_timestamp() - make_interval(hours => :hours)
        LIMIT 100 FOR UPDATE SKIP LOCKED)
""")
STORE_RESPONSE = text("""
    INSERT INTO idempotency (client, route, key, fingerprint, status, headers, body)
    VALUES (:client, :route, :key, :fingerprint, :status, CAST(:headers AS jsonb), :body)
    ON CONFLICT (client, route, key) DO UPDATE SET fingerprint = excluded.fingerprint,
        status = excluded.status, headers = excluded.headers, body = excluded.body,
        created_at = clock_timestamp()
""")

Effect = Callable[[], Awaitable[BaseModel | Response]]


class IdempotencyGuard:
    """Runs the effect of a creating request once for its key."""

    def __init__(
        self, request: Request, session: AsyncSession, caller: Caller | None, key: str | None
    ) -> None:
        self._request = request
        self._session = session
        self._client = _identity(caller)
        self._key = key

    async def __call__(
        self,
        effect: Effect,
        *,
        status: int = 201,
        headers: Mapping[str, str] | None = None,
        fingerprint: str | None = None,
        shown_once: str | None = None,
    ) -> Response:
        """Return the effect's answer, or the stored one of the same key.

        `fingerprint` replaces the digest of the body for bodies that are read as a stream.
        `shown_once` names a member of the answer that is a secret: the stored answer has null
        in its place and the moment in `secret_shown_at`.
        """
        if self._key is None:
            return _respond(await effect(), status, headers)
        row = {"client": self._client, "route": self._route(), "key": self._key}
        digest = fingerprint or await self._fingerprint()
        stored = await self._stored(row, digest)
        if stored is not None:
            return stored
        response = _respond(await effect(), status, headers)
        kept = {
            **row,
            "fingerprint": digest,
            "status": response.status_code,
            "headers": json.dumps(
                {name: v for name, v in response.headers.items() if name != "content-length"}
            ),
            "body": bytes(response.body) if shown_once is None else _without(response, shown_once),
        }
        await self._session.execute(STORE_RESPONSE, kept)
        return response

    async def _stored(self, row: Mapping[str, object], digest: str) -> Response | None:
        name = "\x1f".join(str(part) for part in row.values())
        locked = (await self._session.execute(TRY_LOCK_KEY, {"key": name})).scalar_one()
        if not locked:
            raise IdempotencyInProgress
        await self._session.execute(DELETE_EXPIRED, {"hours": RETENTION_HOURS})
        found = (
            await self._session.execute(FIND_RESPONSE, {**row, "hours": RETENTION_HOURS})
        ).one_or_none()
        if found is None:
            return None
        if found.fingerprint != digest:
            raise IdempotencyMismatch
        headers = {**found.headers, REPLAYED_HEADER: "true"}
        return Response(found.body, found.status, headers=headers)

    def _route(self) -> str:
        return f"{self._request.method} {self._request.url.path}"

    async def _fingerprint(self) -> str:
        digest = sha256(self._request.url.query.encode())
        digest.update(await self._request.body())
        return digest.hexdigest()


def _identity(caller: Caller | None) -> str:
    """Return who a key belongs to: the client, the person acting, the territories it is bound to.

    Somebody else's key is not found, so that a replay shows nothing to another person.
    """
    if caller is None:
        return "anonymous"
    if caller.actor is None and caller.territories.everywhere:
        return caller.subject
    bound = json.dumps([caller.actor, sorted(caller.territories.codes)])
    return f"{caller.subject}#{sha256(bound.encode()).hexdigest()[:32]}"


def _without(response: Response, member: str) -> bytes:
    content = json.loads(bytes(response.body))
    content |= {member: None, "secret_shown_at": f"{clock.now():%Y-%m-%dT%H:%M:%S}Z"}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _respond(
    answer: BaseModel | Response, status: int, headers: Mapping[str, str] | None
) -> Response:
    if isinstance(answer, Response):
        return answer
    return Response(
        answer.model_dump_json(), status, headers=headers, media_type="application/json"
    )


async def _idempotency_guard(
    request: Request,
    session: WriteSession,
    caller: Annotated[Caller | None, Depends(optional_caller)],
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Ключ повторяемости: повтор с тем же ключом вернёт первый ответ.",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            examples=["import-2022-12-01"],
        ),
    ] = None,
) -> IdempotencyGuard:
    return IdempotencyGuard(request, session, caller, idempotency_key)


Idempotency = Annotated[IdempotencyGuard, Depends(_idempotency_guard, scope="function")]
