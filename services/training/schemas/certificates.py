"""Certificates on the wire and as the file for the register ФИС ФРДО."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from services.training.schemas.registries import Text, Whole
from services.training.store.certificates import IssuedCertificate
from shared.web import ResponseModel

COLUMNS = Path(__file__).parents[1] / "data" / "frdo_columns.csv"
KIND = "Удостоверение о повышении квалификации"
CREDENTIAL: dict[str, JsonValue] = {
    "credential": {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:4f136895-b04a-551c-b647-007d4b221170",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Подготовка к ЕГЭ по математике",
        "validFrom": "2023-10-13T00:00:00Z",
    },
    "jwt": "eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiJ1cm46dXVpZDo0ZjEzNjg5NSJ9.c2lnbmF0dXJl",
}
RISKY = ("=", "+", "-", "@", "\t", "\r")


class CertificateRow(ResponseModel):
    """Удостоверение о завершённых курсах; получатель — непрозрачная ссылка."""

    event: Text
    holder: Text
    number: Text
    completed_on: date | None
    programme: Text
    hours: Whole | None
    venue: Text


class CertificatePage(ResponseModel):
    """Страница удостоверений."""

    items: Annotated[list[CertificateRow], Field(max_length=1000)]
    next: Annotated[str | None, Field(max_length=2000)]


class IssuedCredential(ResponseModel):
    """Удостоверение Open Badges 3.0 и его подпись."""

    model_config = ConfigDict(json_schema_extra={"example": CREDENTIAL})

    credential: dict[str, JsonValue] = Field(description="OpenBadgeCredential.")
    jwt: Annotated[str, Field(max_length=20_000)] = Field(description="VC-JWT: оно же с подписью.")


class PublicKey(ResponseModel):
    """Открытый ключ (JWK, P-256)."""

    kty: Text
    crv: Text
    x: Text
    y: Text
    kid: Text
    use: Text
    alg: Text


class RevokedCredential(ResponseModel):
    """Отозванное удостоверение."""

    id: Text
    revoked: bool


class RevocationList(ResponseModel):
    """Отозванные удостоверения издателя."""

    id: Text
    issuer: Text
    revoked_credential: Annotated[
        list[RevokedCredential], Field(alias="revokedCredential", max_length=100_000)
    ]


def certificate_row(row: IssuedCertificate) -> CertificateRow:
    """Show a certificate."""
    return CertificateRow(
        event=row.event,
        holder=row.holder,
        number=row.number,
        completed_on=row.completed_on,
        programme=row.programme,
        hours=row.hours,
        venue=row.venue,
    )


@cache
def register_columns() -> Sequence[tuple[str, str]]:
    """Return field and heading of every column of the register file."""
    with COLUMNS.open(encoding="utf-8", newline="") as file:
        return tuple((row["field"], row["title"]) for row in csv.DictReader(file))


def register_file(rows: Iterable[IssuedCertificate]) -> bytes:
    """Write the register as CSV for Excel; what is unknown stays empty.

    Cells that a spreadsheet would take for a formula get an apostrophe.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([title for _, title in register_columns()])
    for row in rows:
        writer.writerow([_cell(row, field) for field, _ in register_columns()])
    return stream.getvalue().encode("utf-8-sig")


def _cell(row: IssuedCertificate, field: str) -> str:
    if field == "kind":
        return KIND
    value = getattr(row, field)
    if value is None:
        return ""
    written = value.strftime("%d.%m.%Y") if isinstance(value, date) else str(value)
    return f"'{written}" if written.startswith(RISKY) else written
