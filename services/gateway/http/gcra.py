"""The in-process bucket of document reads: generic cell rate algorithm, one number a caller.

Reads of documents never ask Redis; the price is that the limit holds per gateway process.
"""

from time import monotonic

# Callers remembered before idle ones are swept out.
_MOST_CALLERS = 100_000


class GcraLimiter:
    """`quota` requests per `window` seconds and caller, refilled evenly, bursts up to the quota.

    `name` is the policy's name in the `RateLimit` fields
    (draft-ietf-httpapi-ratelimit-headers).
    """

    def __init__(self, name: str, quota: int, window: int) -> None:
        self.name = name
        self.quota = quota
        self.window = window
        self.step = window / quota
        self._until: dict[str, float] = {}
        self._field = f'"{name}";r=%d;t=%d'.encode()
        self.policy = (b"ratelimit-policy", f'"{name}";q={quota};w={window}'.encode())

    def take(self, caller: str) -> tuple[int, int]:
        """Take one request: (left, seconds until full); left is −1 when refused.

        Refused requests take nothing, so a caller who waits the stated time succeeds.
        """
        now = monotonic()
        until = self._until.get(caller, now)
        spent = max(until, now) + self.step - now
        if spent > self.window + 1e-9:
            return -1, 1 + int(spent - self.window)
        self._until[caller] = now + spent
        if len(self._until) > _MOST_CALLERS:
            self.sweep(now)
        return int((self.window - spent) / self.step + 1e-9), 1 + int(spent)

    def field(self, left: int, reset: int) -> tuple[bytes, bytes]:
        """Return the `RateLimit` field for what `take` answered."""
        return b"ratelimit", self._field % (max(left, 0), reset)

    def sweep(self, now: float) -> None:
        """Forget callers whose bucket is full again; all of them if that is not enough."""
        self._until = {caller: until for caller, until in self._until.items() if until > now}
        if len(self._until) > _MOST_CALLERS:
            self._until.clear()
