"""The command line: every process of the system starts here, `python -m services <command>`."""

import argparse
import gc
import sys
from importlib import import_module

from services.cli.roles import SCHEMAS

ROLES = """
Roles of a service's process (--role):
  web     answers HTTP; scale it by starting more
  worker  runs jobs, handles the events of other services, gives events their order;
          several share the work by leases in PostgreSQL
  all     both in one process, as `up` starts them

`up` heeds GATEWAY_PORT, RATINGS_PORT, OLYMPIADS_PORT, TRAINING_PORT, DATABASE_URL, REDIS_URL and
DATA_DIR (by default .data); deploy/env.example explains every setting of the services.
"""


def parser() -> argparse.ArgumentParser:
    """Return the command line with its help."""
    top = argparse.ArgumentParser(
        prog="python -m services",
        description=__doc__,
        epilog=ROLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    up = commands.add_parser(
        "up", help="the whole system on this machine: servers, four services, the programme's data"
    )
    up.add_argument("--no-data", action="store_true", help="do not load the programme's figures")
    dev = commands.add_parser("dev", help="one service and the gateway, reloaded on every change")
    dev.add_argument("name", choices=SCHEMAS)
    for service in SCHEMAS:
        one = commands.add_parser(service, help=f"one process of the service {service}")
        one.add_argument("--role", choices=("web", "worker", "all"), default="all")
        one.set_defaults(module="service", app=f"services.{service}.app", service=service)
    commands.add_parser("migrate", help="bring every schema to its newest revision")
    backup = commands.add_parser(
        "backup", help="write database, role passwords and keys into one file; `up` may be running"
    )
    backup.add_argument("file")
    restore = commands.add_parser("restore", help="restore a backup into an empty system")
    restore.add_argument("file")
    commands.add_parser("doctor", help="look for faults of a system and say what to do about each")
    keys = commands.add_parser("keys", help="make the keys by which services believe each other")
    keys.add_argument("folder")
    client = commands.add_parser("client", help="register a machine client, and print its secret")
    client.add_argument("title")
    client.add_argument("--scope", action="append", required=True)
    client.add_argument(
        "--territory",
        action="append",
        default=[],
        help="OKTMO code with all beneath it, or *; needed by scopes that open rows about people",
    )
    audit = commands.add_parser("audit", help="verify the audit: its chain, and its anchors")
    audit.add_argument("act", choices=("verify",))
    commands.add_parser("problems", help="write docs/problems.md out of the error classes")
    _add_sbom(commands)
    revision = commands.add_parser("revision", help="write a service's next migration")
    revision.add_argument("schema", choices=SCHEMAS)
    revision.add_argument("title")
    return top


def _add_sbom(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command that writes or checks what a release is made of."""
    sbom = commands.add_parser("sbom", help="write the bill of materials of a release, or check it")
    sbom.add_argument("--lock", default="requirements.lock", help="the lock file to read")
    sbom.add_argument("--check", action="store_true", help="check licences and vendored files")
    sbom.add_argument(
        "--advisories", help="a JSON report of pip-audit; an unchecked package is red"
    )


def main() -> int:
    """Run the command and return the exit status."""
    given = parser().parse_args()
    gc.disable()  # Of what an import makes nothing can be freed; looking delays every start.
    module = import_module(f"services.cli.{getattr(given, 'module', given.command)}")
    if "app" in given:
        import_module(given.app)
    gc.freeze()
    gc.enable()
    status: int = module.run(given)
    return status


if __name__ == "__main__":
    sys.exit(main())
