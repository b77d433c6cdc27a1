from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import TestDatabase
from tests.services.olympiads.service import Service, running


@pytest.fixture
async def service(database: TestDatabase, valkey: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database, valkey, tmp_path) as found:
        yield found
