"""Register a machine client from the command line: the first one, before any admin exists."""

import argparse
import asyncio
import json
import re

from services.catalogue import PERSONAL_SCOPES
from services.cli.output import say
from services.gateway.settings import Settings
from services.gateway.tokens.clients import GRANTABLE, register
from shared.db import Database
from shared.territories import PATTERN


def run(given: argparse.Namespace) -> int:
    """Print the new client's id and secret as JSON; the secret is printed this once."""
    unknown = sorted(set(given.scope) - set(GRANTABLE))
    if unknown:
        say(f"Unknown scopes: {' '.join(unknown)}. Known: {' '.join(GRANTABLE)}")
        return 2
    personal = sorted(set(given.scope) & PERSONAL_SCOPES)
    if personal and not given.territory:
        say(f"{' '.join(personal)}: name the client's territories by --territory, * for all.")
        return 2
    if any(not re.fullmatch(PATTERN, code) for code in given.territory):
        say("A territory is an OKTMO code of 8 or 11 digits, or * for all of them.")
        return 2
    say(
        json.dumps(
            asyncio.run(make_client(given.title, given.scope, given.territory)), ensure_ascii=False
        )
    )
    return 0


async def make_client(
    title: str, scopes: list[str], territories: list[str]
) -> dict[str, str | None]:
    """Register a client in the gateway's schema and return its id and secret."""
    settings = Settings()
    database = Database(settings.database_url, "gateway")
    try:
        async with database.transaction() as session:
            client, secret = await register(
                session, title=title, scopes=scopes, territories=territories
            )
    finally:
        await database.close()
    return {"client_id": client.id, "client_secret": secret}
