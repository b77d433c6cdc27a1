"""Ratings as one running service."""

from tests.harness.service import Service, ServiceUnderTest

RATINGS = ServiceUnderTest("ratings", "ratings:read ratings:write ratings:publish internal:read")
DATA = RATINGS.data
bearer = RATINGS.bearer
running = RATINGS.running

__all__ = ["DATA", "Service", "bearer", "running"]
