"""The deployment's secret key: what is derived from it, and what is sealed with it.

`SECRET_KEY_FILE` names a file of at least 32 random bytes, the same for all processes. A key for
each purpose is derived from it (HKDF-SHA256), so that none can replace another.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.settings import Settings

LEAST_BYTES = 32
NONCE_BYTES = 12
SEALED = "sealed:v1:"


class SealBroken(ValueError):  # noqa: N818 -- the name states the fact.
    """What was sealed with another key, for another place, or has been changed."""


def derived_key(settings: Settings, purpose: str) -> bytes:
    """Return 32 bytes for one purpose, the same in every process of the service.

    Without a key file they come from the service's database address and its password, which are
    secret too and shared by the service's processes.
    """
    return derive(root_key(settings) or settings.database_url.encode(), purpose)


def derive(root: bytes, purpose: str) -> bytes:
    """Return 32 bytes for one purpose out of the content of a key file."""
    return HKDF(SHA256(), 32, salt=b"kachestvo", info=purpose.encode()).derive(root)


def root_key(settings: Settings) -> bytes | None:
    """Return the content of the key file, None without one; a short file is a ValueError."""
    if settings.secret_key_file is None:
        return None
    content = settings.secret_key_file.read_bytes().strip()
    if len(content) < LEAST_BYTES:
        raise ValueError(f"SECRET_KEY_FILE holds fewer than {LEAST_BYTES} bytes.")
    return content


class Sealer:
    """Encrypts what must not be readable in the database, its dumps and backups (AES-256-GCM).

    The `place` (table, column, row) is authenticated: a sealed value copied elsewhere is refused.
    Without a key file values are stored as they are; sealed and plain ones are distinguished, so a
    key can be introduced later.
    """

    def __init__(self, settings: Settings) -> None:
        known = settings.secret_key_file is not None
        self._cipher = AESGCM(derived_key(settings, "at-rest")) if known else None

    def seal(self, value: str, place: str) -> str:
        """Return the sealed text of a value."""
        if self._cipher is None:
            return value
        nonce = os.urandom(NONCE_BYTES)
        content = nonce + self._cipher.encrypt(nonce, value.encode(), place.encode())
        return SEALED + base64.b64encode(content).decode()

    def open(self, stored: str, place: str) -> str:
        """Return the value of a stored text, sealed or plain; `SealBroken` when it is neither."""
        if not stored.startswith(SEALED):
            return stored
        if self._cipher is None:
            raise SealBroken("Sealed values need SECRET_KEY_FILE.")
        content = base64.b64decode(stored.removeprefix(SEALED))
        try:
            nonce, sealed = content[:NONCE_BYTES], content[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, sealed, place.encode()).decode()
        except InvalidTag as error:
            raise SealBroken(f"{place} was sealed with another key or changed.") from error
