"""The whole system on this machine by one command; what runs is what runs in production."""

import argparse
import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from urllib.parse import quote, urlsplit

import asyncpg

from services.cli.data_dir import AlreadyRunning, DataFolder
from services.cli.database_access import DATABASE, data_path
from services.cli.migration_heads import is_newest
from services.cli.output import Progress, say
from services.cli.preflight import (
    PORTS,
    PreflightError,
    free_ports,
    require_postgres,
    require_redis,
)
from services.cli.probes import postgres_answers, valkey_answers
from services.cli.roles import prepare_roles, role_of
from services.cli.supervisor import (
    Child,
    service_child,
    stop_all,
    supervise,
    wait_for_server,
    wait_until_ready,
)
from shared.embedded import (
    EmbeddedServerError,
    home_in,
    launch_postgres,
    launch_valkey,
)

FACTS = (PreflightError, EmbeddedServerError)
LOCAL_LIMITS = {"COST_UNITS_PER_MINUTE": "1000000", "ANONYMOUS_COST_UNITS_PER_MINUTE": "100000"}
"""Whoever runs everything on one machine is its only caller; the environment overrides these."""


def run(given: argparse.Namespace) -> int:
    """Start everything and stay until stopped; nothing is left running afterwards."""
    try:
        data = DataFolder(data_path())
    except AlreadyRunning as fact:
        say(str(fact))
        return 1
    except OSError as error:
        say(f"The folder for the system's data cannot be used: {error}")
        return 1
    chosen = {name: vars(given)[name] for name in ("names", "on_ready") if name in given}
    return asyncio.run(_run_until_signal(System(data, **chosen), with_data=not given.no_data))


async def _run_until_signal(system: "System", *, with_data: bool) -> int:
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
    """The local system: its folder, its services, its processes in the order of their start."""

    data: DataFolder
    names: Sequence[str] = tuple(PORTS)
    on_ready: Callable[["System"], Awaitable[None]] | None = None
    children: list[Child] = field(default_factory=list)
    steps: Progress = field(default_factory=Progress)
    keepers: list[asyncio.Task[None]] = field(default_factory=list)

    async def stay_up(self, *, with_data: bool) -> None:
        """Start everything in order of readiness, load the data, then keep it alive."""
        say("Starting the system; Ctrl-C stops it.")
        ports = await free_ports(self.names)
        owner, redis = await self._servers()
        passwords = self.data.role_passwords()
        await _migrate(owner, passwords)
        self.steps.done("schemas and roles are at their newest revision")
        self._services(ports, owner, redis, passwords)
        url = f"http://127.0.0.1:{ports['gateway']}"
        filling = import_module("services.cli.seed").Seeding(
            url,
            owner,
            as_role(owner, "gateway", passwords["gateway"]),
            self.data.path / "demo-client.json",
            self.steps,
        )
        await self._until_ready(ports)
        await filling.fill(with_data=with_data)
        say("Webhooks may be received on this machine: http://127.0.0.1:… is allowed.")
        say(f"\nReady at {url} — Ctrl-C stops everything.")
        if with_data and os.environ.get("SEED", "all") == "all":
            self.keepers.append(asyncio.create_task(filling.add_example()))
        if self.on_ready is not None:
            self.keepers.append(asyncio.ensure_future(self.on_ready(self)))
        await asyncio.gather(*self.keepers)

    async def _servers(self) -> tuple[str, str]:
        owner = os.environ.get("DATABASE_URL")
        if owner is None:
            home = home_in(self.data.path, "postgres")
            started = launch_postgres(home)
            await self._adopt(
                Child(
                    "postgres",
                    lambda: launch_postgres(home).running,
                    started.running,
                    partial(postgres_answers, started.sockets),
                ),
                lambda: started.ready,
            )
            await _create_database(started.url("postgres"))
            owner = started.url(DATABASE)
            self.steps.done("PostgreSQL answers")
        else:
            await require_postgres(owner)
            self.steps.done("the server at DATABASE_URL answers")
        redis = os.environ.get("REDIS_URL")
        if redis is None:
            valkey_home = home_in(self.data.path, "valkey")
            valkey = launch_valkey(valkey_home)
            await self._adopt(
                Child(
                    "valkey",
                    lambda: launch_valkey(valkey_home).running,
                    valkey.running,
                    partial(valkey_answers, valkey.socket),
                ),
                lambda: valkey.ready,
            )
            redis = valkey.url()
            self.steps.done("Valkey answers")
        else:
            await require_redis(redis)
            self.steps.done("the server at REDIS_URL answers")
        return owner, redis

    async def _adopt(self, server: Child, ready: Callable[[], bool]) -> None:
        """Supervise a launched server from the moment it is ready."""
        self.children.append(server)
        server.born = time.monotonic()
        await wait_for_server(server, ready)
        self.keepers.append(asyncio.create_task(supervise(server)))

    def _services(
        self, ports: Mapping[str, int], owner: str, redis: str, passwords: Mapping[str, str]
    ) -> None:
        keys = self.data.folder("keys")
        if not (keys / "services.json").exists():
            import_module("services.cli.keys").make_keys(keys)
        common = {f"{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
        secret = import_module("services.cli.keys").keep_secret_key(keys)
        common |= {
            "REDIS_URL": redis,
            "SERVICE_JWKS_FILE": str(keys / "services.json"),
            "SECRET_KEY_FILE": str(secret),
            "AUDIT_ANCHOR_FILE": str(self.data.path / "audit.anchor"),
            "WEBHOOK_LOOPBACK": os.environ.get("WEBHOOK_LOOPBACK", "true"),
            **{name: os.environ.get(name, value) for name, value in LOCAL_LIMITS.items()},
        }
        for name, port in reversed(list(ports.items())):
            own = {
                "DATABASE_URL": as_role(owner, name, passwords[name]),
                "SERVICE_KEY_FILE": str(keys / f"{name}.json"),
            }
            child = service_child(name, port, common | own, self.data.folder("logs"))
            self.children.append(child)
            child.begin()

    async def _until_ready(self, ports: Mapping[str, int]) -> None:
        for child in [child for child in self.children if child.name in ports]:
            port = ports[child.name]
            path = "/readyz" if child.name == "gateway" else "/healthz"
            await wait_until_ready(child, port, path)
            self.keepers.append(asyncio.create_task(supervise(child)))
            self.steps.done(f"{child.name} answers at 127.0.0.1:{port}")


async def _migrate(owner: str, passwords: Mapping[str, str]) -> None:
    """Set the roles' passwords; run revisions only when there are any to run."""
    connection = await asyncpg.connect(owner)
    try:
        await prepare_roles(connection, passwords)
    finally:
        await connection.close()
    if not await is_newest(owner):
        await import_module("services.cli.migrate").migrate(owner, passwords)


def as_role(owner: str, schema: str, password: str) -> str:
    """Return the owner's address changed to a service's own role."""
    parts = urlsplit(owner)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role_of(schema)}:{quote(password, safe='')}@{host}").geturl()


async def _create_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        known = "SELECT true FROM pg_database WHERE datname = $1"
        if not await connection.fetchval(known, DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
