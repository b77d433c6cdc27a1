"""One process of one service, in the role the command line names."""

import argparse
from importlib import import_module

from pydantic import ValidationError

from services.cli.output import say
from shared.serve import serve
from shared.settings import Settings
from shared.web.app import run_worker


def run(given: argparse.Namespace) -> int:
    """Run the service until it is stopped; name what its environment lacks."""
    app = import_module(f"services.{given.service}.app")
    try:
        settings = import_module(f"services.{given.service}.settings").Settings()
    except ValidationError as error:
        for fault in error.errors():
            say(f"{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}")
        return 2
    return serve(
        given.role,
        lambda: app.create_app(settings),
        lambda: run_worker(settings, app.WORKER),
        host=settings.host,
        port=_port(given.role, settings),
    )


def _port(role: str, settings: Settings) -> int:
    """Return the port to listen on; a worker without `PORT` takes a free one.

    So a worker starts on the host of its service's HTTP side, which has the default port.
    """
    return 0 if role == "worker" and "port" not in settings.model_fields_set else settings.port
