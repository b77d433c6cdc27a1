"""Header fields as pairs and as the lines of an HTTP/1.1 head."""

from collections.abc import Sequence

Header = tuple[bytes, bytes]


def render_fields(fields: Sequence[Header]) -> bytes:
    """Header lines of an answer, without the blank line that ends the head."""
    return b"".join(name + b": " + value + b"\r\n" for name, value in fields)


def parse_fields(lines: bytes) -> list[Header]:
    """Return the fields of rendered header lines one by one."""
    fields = []
    for line in lines.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b": ")
        fields.append((name, value))
    return fields
