import asyncio
from typing import Any

import pytest
from fastapi import Request

from shared.errors import Unavailable
from shared.web.disconnect import until_disconnected


def request_that_leaves(gone: asyncio.Event) -> Request:
    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http"}, receive)


async def test_work_is_cancelled_when_its_caller_leaves() -> None:
    gone, cancelled = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        gone.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(Unavailable) as caught:
        await until_disconnected(request_that_leaves(gone), endless())
    assert (caught.value.code, cancelled.is_set()) == ("CALLER_GONE", True)


async def test_the_answer_and_the_exception_of_the_work_pass_through() -> None:
    async def answer() -> int:
        return 7

    async def fail() -> None:
        raise LookupError("gone")

    stays = request_that_leaves(asyncio.Event())
    assert await until_disconnected(stays, answer()) == 7
    with pytest.raises(LookupError, match="gone"):
        await until_disconnected(stays, fail())
