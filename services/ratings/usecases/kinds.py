"""The kinds of data this service takes in."""

from services.ratings.usecases.observations import OBSERVATIONS
from services.ratings.usecases.register import TERRITORIES
from shared.ledger.kinds import LEDGER_KINDS

KINDS = (OBSERVATIONS, TERRITORIES, *LEDGER_KINDS)
