"""What comes after the services have been started: the demo client, the programme's data, a look.

It talks to the gateway as any client does, and brings libraries that take most of a second to
import; so `up` imports it when the services are on their way.
"""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from services.cli.data_dir import write_secret
from services.cli.output import Progress, say
from services.cli.preflight import PreflightError
from services.cli.seed_client import (
    LOADED,
    SeedFailed,
    SeedFile,
    already_loaded,
    load,
    seed_files,
    token_of,
)
from services.cli.summary import summary
from services.cli.wait_idle import NotIdle, wait_until_idle
from shared.errors import Unavailable
from shared.http import ServiceClient


@dataclass(frozen=True, slots=True)
class Seeding:
    """Where to: the gateway and the databases' addresses; `client_file` keeps the demo client."""

    url: str
    owner: str
    gateway_database: str
    client_file: Path
    steps: Progress

    async def fill(self, *, with_data: bool) -> None:
        """Register the demo client; load what is not loaded yet and show what is published.

        Unsuitable when the gateway does not do its part.
        """
        gateway = ServiceClient("gateway", self.url)
        try:
            token = await self._demo_client(gateway)
            if with_data:
                await self._load(gateway, token)
                await self._wait_for_workers()
                for line in await summary(gateway, self.url, self.client_file):
                    say(line)
        except (SeedFailed, Unavailable) as fact:
            raise PreflightError(str(fact)) from fact
        finally:
            await gateway.close()

    async def add_example(self) -> None:
        """Load the made-up region while the page is already up; a failure is said and left."""
        gateway = ServiceClient("gateway", self.url)
        try:
            token = await self._demo_client(gateway)
            marks = self.client_file.with_name("example.json")
            await import_module("services.cli.example.loading").load_example(
                gateway, token, marks, self.steps
            )
        except (SeedFailed, Unavailable) as fact:
            say(f"  The example region is incomplete: {fact}")
        finally:
            await gateway.close()

    async def _demo_client(self, gateway: ServiceClient) -> str:
        with suppress(FileNotFoundError):
            token = await token_of(gateway, json.loads(self.client_file.read_text()))
            if token is not None:
                return token
        client = await import_module("services.gateway.tokens.demo").make_demo(
            self.gateway_database
        )
        write_secret(self.client_file, {**client, "token_url": f"{self.url}/oauth/token"})
        token = await token_of(gateway, client)
        if token is None:
            raise SeedFailed("The gateway does not know the demo client it has just been given.")
        return token

    async def _load(self, gateway: ServiceClient, token: str) -> None:
        known = await already_loaded(self.owner)
        wanted = [shipment for shipment in seed_files() if shipment.mark not in known]
        totals = await asyncio.gather(
            *(
                self._post(gateway, token, [one for one in wanted if one.service == service])
                for service in LOADED
            )
        )
        total = sum(totals, Counter())
        told = ", ".join(f"{name} {count}" for name, count in total.items())
        kept = len(list(seed_files())) - len(wanted)
        self.steps.done(
            f"the programme's figures: {len(wanted)} files posted ({told or 'nothing to do'}), "
            f"{kept} loaded before"
        )

    async def _post(
        self, gateway: ServiceClient, token: str, wanted: list[SeedFile]
    ) -> Counter[str]:
        """Post one service's files in their order; a refused one is said and the next one tried."""
        total: Counter[str] = Counter()
        for shipment in wanted:
            self.steps.going(f"loading {shipment.service}/{shipment.file.name}")
            try:
                total.update(await load(gateway, token, shipment))
            except SeedFailed as refused:
                say(f"  not loaded: {refused}")
        return total

    async def _wait_for_workers(self) -> None:
        """Wait until everything is published; what makes no progress is said, to be looked into."""
        try:
            await wait_until_idle(self.owner, tell=self.steps.going)
        except NotIdle as fact:
            say(f"  {fact}")
        else:
            self.steps.done("the workers have published")
