"""Canonical JSON: the same content gives the same bytes, so that its tag changes only with it."""

import json
from collections.abc import Mapping
from typing import Any


def encode(content: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON without spaces, keys in the order given, non-finite numbers refused."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
