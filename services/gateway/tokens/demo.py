"""The demonstration client of the embedded mode; production has none."""

from dataclasses import replace

from services.gateway.store import clients
from services.gateway.tokens.clients import GRANTABLE, new_secret, register
from shared.db import Database
from shared.territories import EVERYWHERE

DEMO = "demo"


async def make_demo(url: str) -> dict[str, str]:
    """Do what `create_demo` does in the gateway's database at an address."""
    database = Database(url, "gateway")
    try:
        return await create_demo(database)
    finally:
        await database.close()


async def create_demo(db: Database) -> dict[str, str]:
    """Give the client `demo` every grantable scope and a new secret; return both to be written.

    A secret given earlier stops working. Returns `{"client_id", "client_secret"}`.
    """
    async with db.transaction() as session:
        known = await clients.find(session, DEMO, locked=True)
        if known is None:
            known, secret = await register(
                session,
                title="Демонстрационный клиент",
                scopes=GRANTABLE,
                territories=[EVERYWHERE],
                client_id=DEMO,
            )
        else:
            secret, kept = new_secret()
            changed = replace(
                known,
                secrets=[kept],
                scopes=GRANTABLE,
                territories=[EVERYWHERE],
                enabled=True,
            )
            await clients.save(session, changed)
    if secret is None:
        raise RuntimeError("The demonstration client proves itself by a secret.")
    return {"client_id": DEMO, "client_secret": secret}
