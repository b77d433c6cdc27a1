"""The whole system on this machine by one command; what runs is what runs in production."""

import argparse
import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from services.console.children import (
    Child,
    keep_alive,
    service_child,
    stop_all,
    wait_until_ready,
)
from services.console.history import is_newest
from services.console.keys import make_keys
from services.console.loading import (
    LOADED,
    LoadingFailed,
    Shipment,
    load,
    loaded_before,
    shipments,
    token_of,
)
from services.console.local import ROOT, AlreadyRunning, DataFolder, write_secret
from services.console.roles import prepare_roles, role_of
from services.console.settled import NotSettled, wait_until_settled
from services.console.summary import summary
from services.console.surroundings import Unsuitable, free_ports, require_postgres, require_redis
from services.console.voice import Steps, say
from shared.db import Database
from shared.embedded import (
    EmbeddedServerError,
    Running,
    home_in,
    start_postgres,
    start_valkey,
)
from shared.errors import Unavailable
from shared.http import ServiceClient

DATABASE = "kachestvo"
FACTS = (Unsuitable, EmbeddedServerError, LoadingFailed, Unavailable)


def run(given: argparse.Namespace) -> int:
    """Start everything and stay until told to stop; nothing is left running afterwards."""
    try:
        data = DataFolder(Path(os.environ.get("DATA_DIR", ROOT / ".data")))
    except AlreadyRunning as fact:
        say(str(fact))
        return 1
    except OSError as error:
        say(f"The folder for the system's data cannot be used: {error}")
        return 1
    return asyncio.run(_until_told(System(data), with_data=not given.no_data))


async def _until_told(system: "System", *, with_data: bool) -> int:
    task = asyncio.create_task(system.stay_up(with_data=with_data))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return 0
    except FACTS as fact:
        say(f"\n{fact}")
        return 1
    finally:
        say("\nStopping …")
        stop_all(system.children)
        say("Nothing is left running.")
    return 0


@dataclass(slots=True)
class System:
    """The local system: its folder, its addresses, its processes in the order of their start."""

    data: DataFolder
    children: list[Child] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)
    keepers: list[asyncio.Task[None]] = field(default_factory=list)

    async def stay_up(self, *, with_data: bool) -> None:
        """Start everything in order of readiness, load the data, then keep it alive."""
        say("Starting the system; Ctrl-C stops it.")
        ports = await free_ports()
        owner, redis = await self._servers()
        passwords = self.data.role_passwords()
        await _migrate(owner, passwords)
        self.steps.done("schemas and roles are at their newest revision")
        await self._services(ports, owner, redis, passwords)
        url = f"http://127.0.0.1:{ports['gateway']}"
        gateway = ServiceClient("gateway", url)
        try:
            token = await self._demo_client(gateway, url, owner, passwords)
            if with_data:
                await self._load(gateway, token, owner)
                await self._wait_for_workers(owner)
                for line in await summary(gateway, url, self.data.path / "demo-client.json"):
                    say(line)
        finally:
            await gateway.close()
        say(f"\nReady at {url} — Ctrl-C stops everything.")
        await asyncio.gather(*self.keepers)

    async def _servers(self) -> tuple[str, str]:
        owner = os.environ.get("DATABASE_URL")
        if owner is None:
            home = home_in(self.data.path, "postgres")
            started = start_postgres(home)
            self._adopt("postgres", started.running, lambda: start_postgres(home).running)
            await _create_database(started.url("postgres"))
            owner = started.url(DATABASE)
            self.steps.done("PostgreSQL answers")
        else:
            await require_postgres(owner)
            self.steps.done("the server at DATABASE_URL answers")
        redis = os.environ.get("REDIS_URL")
        if redis is None:
            valkey_home = home_in(self.data.path, "valkey")
            valkey = start_valkey(valkey_home)
            self._adopt("valkey", valkey.running, lambda: start_valkey(valkey_home).running)
            redis = valkey.url()
            self.steps.done("Valkey answers")
        else:
            await require_redis(redis)
            self.steps.done("the server at REDIS_URL answers")
        return owner, redis

    def _adopt(self, name: str, running: Running, start: Callable[[], Running]) -> None:
        child = Child(name, start, running)
        self.children.append(child)
        self.keepers.append(asyncio.create_task(keep_alive(child)))

    async def _services(
        self, ports: Mapping[str, int], owner: str, redis: str, passwords: Mapping[str, str]
    ) -> None:
        keys = self.data.folder("keys")
        make_keys(keys)
        common = {f"{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
        common |= {"REDIS_URL": redis, "SERVICE_JWKS_FILE": str(keys / "services.json")}
        started = []
        for name, port in reversed(list(ports.items())):
            own = {
                "DATABASE_URL": as_role(owner, name, passwords[name]),
                "SERVICE_KEY_FILE": str(keys / f"{name}.json"),
            }
            child = service_child(name, port, common | own, self.data.folder("logs"))
            self.children.append(child)
            child.begin()
            started.append((child, port))
        for child, port in started:
            path = "/readyz" if child.name == "gateway" else "/healthz"
            await wait_until_ready(child, port, path)
            self.keepers.append(asyncio.create_task(keep_alive(child)))
            self.steps.done(f"{child.name} answers at 127.0.0.1:{port}")

    async def _demo_client(
        self, gateway: ServiceClient, url: str, owner: str, passwords: Mapping[str, str]
    ) -> str:
        kept = self.data.path / "demo-client.json"
        with suppress(FileNotFoundError):
            token = await token_of(gateway, json.loads(kept.read_text()))
            if token is not None:
                return token
        database = Database(as_role(owner, "gateway", passwords["gateway"]), "gateway")
        try:
            client = await import_module("services.gateway.tokens.demo").create_demo(database)
        finally:
            await database.close()
        write_secret(kept, {**client, "token_url": f"{url}/oauth/token"})
        token = await token_of(gateway, client)
        if token is None:
            raise LoadingFailed("The gateway does not know the demo client it has just been given.")
        return token

    async def _load(self, gateway: ServiceClient, token: str, owner: str) -> None:
        known = await loaded_before(owner)
        wanted = [shipment for shipment in shipments() if shipment.mark not in known]
        totals = await asyncio.gather(
            *(
                self._post(gateway, token, [one for one in wanted if one.service == service])
                for service in LOADED
            )
        )
        total = sum(totals, Counter())
        told = ", ".join(f"{name} {count}" for name, count in total.items())
        kept = len(list(shipments())) - len(wanted)
        self.steps.done(
            f"the programme's figures: {len(wanted)} files posted ({told or 'nothing to do'}), "
            f"{kept} loaded before"
        )

    async def _post(
        self, gateway: ServiceClient, token: str, wanted: list[Shipment]
    ) -> Counter[str]:
        """Post one service's files in their order; a refused one is said and the next one tried."""
        total: Counter[str] = Counter()
        for shipment in wanted:
            self.steps.going(f"loading {shipment.service}/{shipment.file.name}")
            try:
                total.update(await load(gateway, token, shipment))
            except LoadingFailed as refused:
                say(f"  not loaded: {refused}")
        return total

    async def _wait_for_workers(self, owner: str) -> None:
        """Wait until everything is published; what stands still is said, to be looked into."""
        try:
            await wait_until_settled(owner, tell=self.steps.going)
        except NotSettled as fact:
            say(f"  {fact}")
        else:
            self.steps.done("the workers have published")


async def _migrate(owner: str, passwords: Mapping[str, str]) -> None:
    """Set the roles' passwords; run revisions only when there are any to run."""
    connection = await asyncpg.connect(owner)
    try:
        await prepare_roles(connection, passwords)
    finally:
        await connection.close()
    if not await is_newest(owner):
        await import_module("services.console.migrate").migrate(owner, passwords)


def as_role(owner: str, schema: str, password: str) -> str:
    """Return the owner's address changed to a service's own role."""
    url = make_url(owner).set(username=role_of(schema), password=password)
    return url.render_as_string(hide_password=False)


async def _create_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        known = "SELECT true FROM pg_database WHERE datname = $1"
        if not await connection.fetchval(known, DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
