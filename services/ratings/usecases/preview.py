"""The what-if calculation: nothing is read, nothing is stored."""

import json

from services.ratings.domain.preview import preview
from services.ratings.errors import PreviewInvalid


def preview_answer(body: bytes) -> bytes:
    """Calculate what a body describes; Invalid for a body that is no JSON."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PreviewInvalid("Тело запроса — не JSON.") from error
    return json.dumps(preview(content), ensure_ascii=False, allow_nan=False).encode()
