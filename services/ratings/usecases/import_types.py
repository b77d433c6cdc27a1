"""The kinds of data this service takes in."""

from services.ratings.usecases.observations import OBSERVATIONS
from services.ratings.usecases.territory_import import TERRITORIES
from shared.ledger.kinds import LEDGER_KINDS

KINDS = (OBSERVATIONS, TERRITORIES, *LEDGER_KINDS)
