"""The long form: kill each process of each flow at every k-th message to PostgreSQL, count.

Run as `make faults` or `python -m tests.faults.campaign --seconds 1800`. Half of the kills happen
before the message is passed on, half after: then the server has done what nobody was told.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import httpx

from services.cli.probes import http_answers
from services.cli.supervisor import supervise
from tests.databases import fresh_database
from tests.faults.flows import FLOWS, Flow
from tests.faults.invariants import violations
from tests.faults.receiver import Receiver
from tests.harness.servers import Servers
from tests.journeys.live import LiveSystem


class ProxiedSystem(LiveSystem):
    """A live system whose web processes, too, reach PostgreSQL through a proxy."""

    proxied = ("web", "worker")


@dataclass(slots=True)
class Outcome:
    """What a campaign has seen: kills by flow and victim, broken invariants, seconds to recover."""

    kills: Counter[str] = field(default_factory=Counter)
    untouched: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    web_back: list[float] = field(default_factory=list)
    flow_done: list[float] = field(default_factory=list)

    def report(self) -> str:
        """Return the counts and times as JSON."""
        told = {
            "kills": sum(self.kills.values()),
            "by_flow": dict(self.kills),
            "flows_that_ended_before_k": dict(self.untouched),
            "violations": self.violations,
            "process_answers_again_seconds": _spread(self.web_back),
            "flow_done_after_kill_seconds": _spread(self.flow_done),
        }
        return json.dumps(told, ensure_ascii=False, indent=1)


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    ordered = sorted(seconds)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max": round(ordered[-1], 1),
    }


class Campaign:
    """Kills processes of a running system, a flow at a time; `known` violations are not its own."""

    def __init__(
        self, live: LiveSystem, receiver: Receiver, known: frozenset[str] = frozenset()
    ) -> None:
        self.live = live
        self.known = known
        self.receiver = receiver
        self.outcome = Outcome()

    async def point(self, flow: Flow, victim: str, k: int) -> bool:
        """Run a flow and kill a process at its k-th message; False when it sent fewer."""
        proxy = self.live.proxies[victim]
        name, killed_at = f"{flow.name}: {victim}", 0.0

        async def watch() -> None:
            nonlocal killed_at
            await proxy.killed.wait()
            killed_at = time.monotonic()
            port = self.live.role_ports[victim]
            while not await http_answers(port, "/healthz"):
                await asyncio.sleep(0.05)
            self.outcome.web_back.append(time.monotonic() - killed_at)

        proxy.arm(k, lambda: self.live.pid(victim), deliver=k % 2 == 0)
        watching = asyncio.create_task(watch())
        try:
            faults = await flow.run(self.live, self.receiver)
            killed = proxy.killed.is_set()
            if killed:
                self.outcome.flow_done.append(time.monotonic() - killed_at)
                await asyncio.wait_for(watching, 60)
        except (TimeoutError, httpx.TransportError) as error:
            faults, killed = [f"not done: {error!r}"], True
        finally:
            proxy.disarm()
            watching.cancel()
        await self.all_answer()
        (self.outcome.kills if killed else self.outcome.untouched)[name] += 1
        broken = [f"{name} at {k}: {fault}" for fault in [*faults, *await self.new_violations()]]
        self.outcome.violations += broken
        for line in broken:
            sys.stderr.write(f"{line}\n")
        return killed

    async def new_violations(self) -> list[str]:
        """Return the invariants that are broken and were not before the campaign."""
        return [one for one in await violations(self.live) if one not in self.known]

    async def all_answer(self) -> None:
        """Wait until every process answers and nothing is under way."""
        async with asyncio.timeout(120):
            for name, port in self.live.role_ports.items():
                path = "/readyz" if name == "gateway-web" else "/healthz"
                while not await http_answers(port, path):
                    await asyncio.sleep(0.05)
        await self.live.settle(120)

    async def run(self, until: float) -> None:
        """Go through flows, victims and k in turn, until the time is over or all have ended."""
        ways = [(flow, victim) for flow in FLOWS for victim in flow.victims]
        for k in points():
            await self.live.renew_token()
            for flow, victim in list(ways):
                if time.monotonic() > until:
                    return
                if not await self.point(flow, victim, k):
                    ways.remove((flow, victim))
            if not ways:
                return


def points() -> Iterator[int]:
    """Yield 1, 2, 3 …: every message is reached when there is time for it."""
    return count(1)


async def campaign(seconds: float, outcome: Outcome) -> None:
    """Start a system, load it, kill its processes for so long; what is seen goes to `outcome`."""
    servers = Servers()
    receiver = Receiver()
    try:
        async with fresh_database(servers.postgres()) as database:
            live = ProxiedSystem(database)
            keepers: list[asyncio.Task[None]] = []
            try:
                await live.start()
                await live.load()
                hook = {"url": await receiver.open(), "types": ["ratings.revision_published.v1"]}
                answer = await live.client.post("/v1/webhooks", json=hook)
                answer.raise_for_status()
                keepers = [asyncio.create_task(supervise(one)) for one in live.children.values()]
                run = Campaign(live, receiver)
                run.outcome = outcome
                await run.run(time.monotonic() + seconds)
            finally:
                for keeper in keepers:
                    keeper.cancel()
                await asyncio.gather(*keepers, return_exceptions=True)
                await live.stop()
                await receiver.close()
    finally:
        servers.stop()


def main() -> int:
    """Print the report, also when interrupted; the exit status is 1 for a broken invariant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800)
    given = parser.parse_args()
    outcome = Outcome()
    with suppress(KeyboardInterrupt):
        asyncio.run(campaign(given.seconds, outcome))
    sys.stdout.write(f"{outcome.report()}\n")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
