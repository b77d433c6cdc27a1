"""Settings, keys and disks of this machine; nothing is asked over a network."""

import json
import shutil
import stat
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import import_key
from pydantic import ValidationError

from services.cli.checks.fault import Fault, Installation
from services.cli.keys import DEPLOYMENT_KEY
from services.cli.roles import SCHEMAS
from shared.secret_key import LEAST_BYTES

LEAST_FREE_BYTES = 1 << 30
LEAST_FREE_SHARE = 0.05
OTHERS = stat.S_IRWXG | stat.S_IRWXO
MAKE_KEYS = "Run `python -m services keys FOLDER`, then restart every process."


def check_settings(installation: Installation) -> list[Fault]:
    """Find variables that the services refuse; secrets are not quoted."""
    faults = {}
    for service in SCHEMAS:
        model = import_module(f"services.{service}.settings").Settings
        known = {name: installation.environment.get(name.upper()) for name in model.model_fields}
        given: dict[str, Any] = {name: value for name, value in known.items() if value}
        given |= {"database_url": installation.database, "redis_url": installation.redis}
        for name, message in _refused(model, given).items():
            faults[name] = Fault(
                "SETTING_INVALID", f"{name}: {message}", "deploy/env.example explains it."
            )
    return list(faults.values())


def _refused(model: Any, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the message for each refused variable; lists and mappings are given as JSON."""
    values = {}
    for name, value in given.items():
        try:
            values[name] = json.loads(value) if value[:1] in "[{" else value
        except ValueError:
            return {name.upper(): "is no JSON"}
    try:
        model(**values)
    except ValidationError as error:
        return {
            "_".join(str(part) for part in fault["loc"][:1]).upper(): fault["msg"]
            for fault in error.errors()
        }
    return {}


def check_keys(installation: Installation) -> list[Fault]:
    """Find keys that are missing, unreadable, open to others, or of another system."""
    folder = installation.keys
    if folder is None:
        return []
    try:
        public = {
            key["kid"]: key for key in json.loads((folder / "services.json").read_text())["keys"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [Fault("KEYS_MISSING", f"{folder / 'services.json'}: {error}", MAKE_KEYS)]
    faults = [fault for service in SCHEMAS for fault in _key_faults(folder, service, public)]
    return faults + _secret_faults(folder / DEPLOYMENT_KEY)


def _key_faults(folder: Path, service: str, public: Mapping[str, Any]) -> list[Fault]:
    path, name = folder / f"{service}.json", f"svc:{service}"
    try:
        key = import_key(json.loads(path.read_text()))
    except (OSError, ValueError, JoseError) as error:
        return [Fault("KEY_UNREADABLE", f"{path}: {error}", MAKE_KEYS)]
    if key.kid != name or key.as_dict(private=False).get("x") != public.get(name, {}).get("x"):
        advice = "Take both from the same folder, or remove services.json and make all keys again."
        return [Fault("KEY_MISMATCH", f"{path} is not the key of services.json.", advice)]
    return _open_to_others(path)


def _secret_faults(path: Path) -> list[Fault]:
    try:
        content = path.read_bytes().strip()
    except OSError as error:
        advice = "Restore it from the backup; `python -m services keys FOLDER` makes a new one."
        return [Fault("SECRET_KEY_MISSING", f"{path}: {error}", advice)]
    if len(content) < LEAST_BYTES:
        return [
            Fault("SECRET_KEY_SHORT", f"{path} holds fewer than {LEAST_BYTES} bytes.", MAKE_KEYS)
        ]
    return _open_to_others(path)


def _open_to_others(path: Path) -> list[Fault]:
    if not path.stat().st_mode & OTHERS:
        return []
    return [Fault("KEY_OPEN_TO_OTHERS", f"{path} is readable by others.", f"chmod 600 {path}")]


def check_disks(
    installation: Installation, least: int = LEAST_FREE_BYTES, share: float = LEAST_FREE_SHARE
) -> list[Fault]:
    """Find folders whose disk has less than a gibibyte and a twentieth free."""
    faults = []
    for folder in installation.folders:
        usage = shutil.disk_usage(folder)
        if usage.free < least or usage.free < share * usage.total:
            problem = f"{folder}: {usage.free >> 20} MiB of {usage.total >> 20} MiB are free."
            advice = "Free space: writes are refused when it ends. Old logs and backups go first."
            faults.append(Fault("DISK_NEARLY_FULL", problem, advice))
    return faults
