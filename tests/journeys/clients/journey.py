"""What an integrator does first: a token, a file, its job, the new table, the passport, a webhook.

Run against the client that openapi-python-client generated, in its folder.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from kachestvo_api_client import AuthenticatedClient, Client
from kachestvo_api_client.api.gateway import gateway_get_passport
from kachestvo_api_client.api.identity import gateway_create_token
from kachestvo_api_client.api.ratings import (
    ratings_create_import,
    ratings_get_import,
    ratings_get_job,
    ratings_read_rating,
    ratings_withdraw_revision,
)
from kachestvo_api_client.api.webhooks import (
    gateway_create_webhook,
)
from kachestvo_api_client.models import (
    BodyGatewayCreateToken,
    RatingsCreateImportKind,
    RatingsObservationsRow,
    WebhookBody,
    WebhookBodyTypesItem,
)

REGION = "08000000"
PATIENCE = 120
OBSERVATIONS = RatingsCreateImportKind.OBSERVATIONS


def until(ask: Callable[[], Any]) -> Any:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found = ask()
        if found is not None:
            return found
        time.sleep(0.25)
    raise TimeoutError


def observation(period: str, value: str) -> Any:
    row = {"programme": "rum", "period": period, "territory": REGION, "indicator": "1.1"}
    rest = {"value": value, "status": None, "source": None}
    return RatingsObservationsRow.from_dict({**row, **rest})


def token_of(client: Client, client_id: str, secret: str) -> str:
    form = BodyGatewayCreateToken(
        grant_type="client_credentials", client_id=client_id, client_secret=secret
    )
    token: str = gateway_create_token.sync(client=client, body=form).access_token
    return token


def rehearse(client: AuthenticatedClient) -> tuple[str, int]:
    """Post more than 1 MiB, which makes a job; a dry run stores nothing."""
    many = [observation(str(1000 + number), "50") for number in range(9000)]
    accepted = ratings_create_import.sync(client=client, body=many, kind=OBSERVATIONS, dry_run=True)
    job = accepted.job.rpartition("/")[2]

    def ended() -> Any:
        state = ratings_get_job.sync(job, client=client).state
        return None if state in {"queued", "running"} else str(state)

    finished: str = until(ended)
    return finished, ratings_get_import.sync(accepted.id, client=client).counts.received


def publish(client: AuthenticatedClient, value: str) -> tuple[int, Any]:
    """Post one changed observation and return the count of updates and the new table."""
    before = ratings_read_rating.sync_detailed("rum", "2022", client=client).headers["etag"]
    report = ratings_create_import.sync(
        client=client, body=[observation("2022", value)], kind=OBSERVATIONS
    )

    def changed() -> Any:
        answer = ratings_read_rating.sync_detailed("rum", "2022", client=client)
        return None if answer.headers["etag"] == before else answer.parsed

    return report.counts.updated, until(changed)


def main(url: str, client_id: str, secret: str, hook: str, value: str) -> None:
    # Every operation is there, also one whose body is called alike in two services.
    assert callable(ratings_withdraw_revision.sync)
    token = token_of(Client(base_url=url), client_id, secret)
    client = AuthenticatedClient(base_url=url, token=token, timeout=60)
    body = WebhookBody(url=hook, types=[WebhookBodyTypesItem("ratings.revision_published.v1")])
    webhook = gateway_create_webhook.sync(client=client, body=body)
    finished, rehearsed = rehearse(client)
    updated, table = publish(client, value)

    def composed() -> Any:
        passport = gateway_get_passport.sync(REGION, client=client)
        return passport if (passport.parts.ratings.revision or 0) >= table.revision else None

    (row,) = [row for row in table.rows if row.territory == REGION]
    told = {
        "secret": webhook.secret,
        "job": finished,
        "rehearsed": rehearsed,
        "updated": updated,
        "score": row.nodes["1.1"].score,
        "passport": until(composed).territory.title,
    }
    sys.stdout.write(json.dumps(told))


main(*sys.argv[1:])
