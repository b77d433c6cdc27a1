"""The olympiads as one running service."""

from tests.harness.service import Service, ServiceUnderTest

OLYMPIADS = ServiceUnderTest(
    "olympiads",
    "olympiads:read olympiads:write olympiads:approve olympiads:publish internal:read",
)
DATA = OLYMPIADS.data
bearer = OLYMPIADS.bearer
running = OLYMPIADS.running

__all__ = ["DATA", "Service", "bearer", "running"]
