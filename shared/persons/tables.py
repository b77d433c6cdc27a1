"""The table of keys under which pseudonyms are made, in every service's schema."""

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text, text


def add_person_tables(metadata: MetaData) -> None:
    """Declare `person_key` in a service's metadata."""
    Table(
        "person_key",
        metadata,
        Column("lookup", Text, primary_key=True),
        Column("key", LargeBinary, nullable=False),
        Column(
            "created_at",
            DateTime(timezone=True),
            nullable=False,
            server_default=text("clock_timestamp()"),
        ),
    )
