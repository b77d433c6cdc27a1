"""The keys by which services believe each other's calls: one private key a service."""

import argparse
import secrets
from pathlib import Path

from joserfc.jwk import ECKey

from services.cli.data_dir import write_secret
from services.cli.output import say
from services.cli.roles import SCHEMAS

DEPLOYMENT_KEY = "secret.key"


def run(given: argparse.Namespace) -> int:
    """Make the keys in a folder; keys that are there stay as they are."""
    folder = Path(given.folder)
    made = make_keys(folder)
    keep_secret_key(folder)
    say(f"{folder}: {'made' if made else 'already there'}; services.json holds the public keys.")
    return 0


def make_keys(folder: Path) -> bool:
    """Make a private JWK for each service, the public keys of all, and the secret key.

    `secret.key` signs cursors and seals stored secrets.

    False when they were made before. To replace a key: remove `services.json` and start every
    service again; tokens between services live five minutes.
    """
    if (folder / "services.json").exists():
        return False
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {schema: signing_key(f"svc:{schema}") for schema in SCHEMAS}
    for schema, key in made.items():
        write_secret(folder / f"{schema}.json", key.as_dict(private=True))
    keep_secret_key(folder)
    public = [key.as_dict(private=False) for key in made.values()]
    write_secret(folder / "services.json", {"keys": public})
    return True


def keep_secret_key(folder: Path) -> Path:
    """Return the file of the deployment's secret key, made if it is not there."""
    path = folder / DEPLOYMENT_KEY
    if not path.exists():
        write_secret(path, secrets.token_hex(32))
    return path


def signing_key(name: str) -> ECKey:
    """Return a new key for ES256 with this name as its id."""
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig", "alg": "ES256"})
