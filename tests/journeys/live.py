"""A live system for the journeys: every role a process of its own, real sockets throughout."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from services.cli.keys import make_keys
from services.cli.probes import http_answers
from services.cli.roles import SCHEMAS
from services.cli.seed_client import load, seed_files, token_of
from services.cli.supervisor import Child, service_child, stop_all, wait_until_ready
from services.cli.wait_idle import wait_until_idle
from services.gateway.tokens.demo import create_demo
from shared.db import Database
from shared.embedded import Valkey, home_in, start_valkey
from shared.http import ServiceClient
from shared.serve import Role
from tests.databases import TestDatabase
from tests.journeys.proxy import DeadlyProxy

ROLES: tuple[Role, ...] = ("web", "worker")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveSystem:
    """Four web and four worker processes, each stoppable.

    Those of the roles in `proxied` reach PostgreSQL by a proxy each.
    """

    proxied: tuple[Role, ...] = ("worker",)

    def __init__(self, database: TestDatabase) -> None:
        self.database = database
        self.folder = Path(tempfile.mkdtemp(prefix="kachestvo-live-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.ports = {schema: free_port() for schema in SCHEMAS}
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self.role_ports: dict[str, int] = {}
        self.children: dict[str, Child] = {}
        self.proxies: dict[str, DeadlyProxy] = {}
        self.client = httpx.AsyncClient(base_url=self.url, timeout=30)
        self.token = ""
        self._values = count(101)
        self.demo: Mapping[str, str] = {}

    async def start(self) -> None:
        """Start everything and get a token with every scope."""
        self.home = home_in(self.folder, "valkey")
        self.valkey: Valkey = start_valkey(self.home)
        make_keys(self.folder / "keys")
        for schema in SCHEMAS:
            for role in ROLES:
                if role in self.proxied:
                    proxy = self.proxies[f"{schema}-{role}"] = DeadlyProxy(self._server_sockets())
                    await proxy.open()
                self._add(schema, role)
        for child in self.children.values():
            child.begin()
        for schema in SCHEMAS:
            await self.ready(schema)
        await self._make_client()
        await self.renew_token()

    async def ready(self, schema: str) -> None:
        """Wait until a service's web role serves."""
        path = "/readyz" if schema == "gateway" else "/healthz"
        await wait_until_ready(self.children[f"{schema}-web"], self.ports[schema], path)

    async def load(self) -> None:
        """Load the programme's figures and wait until they are published."""
        gateway = ServiceClient("gateway", self.url)
        try:
            for shipment in seed_files():
                await load(gateway, self.token, shipment)
        finally:
            await gateway.close()
        await self.settle()

    async def settle(self, patience: float = 60) -> None:
        """Wait until no job, event or document is under way."""
        await wait_until_idle(self.database.owner_url, patience)

    async def ask(self, question: str, *args: object) -> Any:
        """Return one value from the database, as its owner."""
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return await connection.fetchval(question, *args)
        finally:
            await connection.close()

    async def observe(
        self,
        indicator: str,
        value: str,
        period: str = "2022",
        *,
        parameters: str = "",
        key: str | None = None,
    ) -> Any:
        """Post one observation of Хабаровский край for `rum` and return the import's report."""
        row = {
            "programme": "rum",
            "period": period,
            "territory": "08000000",
            "indicator": indicator,
            "value": value,
            "status": None,
            "source": None,
        }
        headers = {} if key is None else {"idempotency-key": key}
        path = f"/v1/ratings/imports?kind=observations{parameters}"
        answer = await self.client.post(path, json=[row], headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def new_value(self) -> str:
        """Return a per cent that no journey has posted before."""
        return f"{next(self._values) / 10:.1f}"

    async def value(self, indicator: str, period: str = "2022") -> str:
        """Return what the gateway's table says of an indicator of Хабаровский край."""
        rows = (await self.table(period)).json()["rows"]
        (row,) = [row for row in rows if row["territory"] == "08000000"]
        return f"{float(row['nodes'][indicator]['score']):.1f}"

    async def wait_for_revisions(self, number: int, period: str = "2022") -> None:
        """Wait until `rum` has so many revisions of a period."""
        question = """
            SELECT count(*) FROM ratings.rating_revision r JOIN ratings.slice s ON s.id = r.slice_id
            WHERE s.programme = 'rum' AND s.period = $1
        """
        async with asyncio.timeout(60):
            while await self.ask(question, period) < number:
                await asyncio.sleep(0.05)

    async def table(self, period: str = "2022", **headers: str) -> httpx.Response:
        """Return the gateway's answer for the rating table of `rum`."""
        return await self.client.get(f"/v1/ratings/rum/{period}", headers=headers)

    def kill(self, name: str) -> None:
        """Kill a process as a power cut would."""
        running = self.children[name].running
        assert running is not None
        running.process.kill()
        running.process.wait()

    def pid(self, name: str) -> int:
        """Return a process's id."""
        running = self.children[name].running
        assert running is not None
        return running.process.pid

    def restart(self, name: str) -> None:
        """Start a process that was killed."""
        child = self.children[name]
        assert not child.alive
        child.begin()

    def empty_valkey(self) -> None:
        """Lose everything Valkey holds, the server included, and start an empty one."""
        self.valkey.running.process.kill()
        self.valkey.stop()
        self.valkey = start_valkey(self.home)

    async def stop(self) -> None:
        """Stop everything and remove the files."""
        await self.client.aclose()
        await asyncio.to_thread(stop_all, list(self.children.values()))
        self.valkey.stop()
        for proxy in self.proxies.values():
            await proxy.close()
        for inside in self.folder.iterdir():
            if inside.is_symlink():
                shutil.rmtree(inside.resolve())
        shutil.rmtree(self.folder)

    def logs(self) -> Mapping[str, str]:
        """Return every process's log."""
        return {path.stem: path.read_text() for path in (self.folder / "logs").glob("*.log")}

    async def serves(self, schema: str) -> bool:
        """Whether a service's web role answers."""
        return await http_answers(self.ports[schema], "/healthz")

    def _add(self, schema: str, role: Role) -> None:
        address = self.database.url(schema)
        if role in self.proxied:
            proxy = self.proxies[f"{schema}-{role}"]
            address = address.replace(str(self._server_sockets()), str(proxy.folder))
        environment = {
            **{f"{name.upper()}_URL": f"http://127.0.0.1:{self.ports[name]}" for name in SCHEMAS},
            "DATABASE_URL": address,
            "REDIS_URL": self.valkey.url(),
            "TOKEN_SECONDS": "900",
            "WEBHOOK_PRIVATE_NETWORKS": "true",
            "SERVICE_JWKS_FILE": str(self.folder / "keys" / "services.json"),
            "SERVICE_KEY_FILE": str(self.folder / "keys" / f"{schema}.json"),
        }
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        port = self.ports[schema] if role == "web" else free_port()
        self.role_ports[f"{schema}-{role}"] = port
        child = service_child(schema, port, environment, logs, role)
        self.children[child.name] = child

    def _server_sockets(self) -> Path:
        return Path(self.database.owner_url.split("host=")[1])

    async def _make_client(self) -> None:
        database = Database(self.database.url("gateway"), "gateway")
        try:
            self.demo = await create_demo(database)
        finally:
            await database.close()

    async def renew_token(self) -> None:
        """Take a new token with every scope."""
        gateway = ServiceClient("gateway", self.url)
        try:
            token = await token_of(gateway, self.demo)
        finally:
            await gateway.close()
        assert token is not None
        self.token = token
        self.client.headers["authorization"] = f"Bearer {token}"
