"""Content negotiation (RFC 9110 §12): which variant an `Accept` and `Accept-Encoding` ask for."""

from collections.abc import Sequence
from functools import lru_cache

_Q_DIGITS = 6


def _quality(parameters: Sequence[str]) -> float:
    """Weight of one alternative; a malformed or missing `q` counts as 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value.strip()[:_Q_DIGITS])))
            except ValueError:
                return 1.0
    return 1.0


def parse_weighted(field: str) -> list[tuple[str, float]]:
    """Alternatives of a weighted list in order, lower-cased, media parameters left out."""
    alternatives = []
    for part in field.split(","):
        name, *parameters = part.split(";")
        if name.strip():
            alternatives.append((name.strip().lower(), _quality(parameters)))
    return alternatives


def _match(offer: str, pattern: str) -> int:
    """How specific the pattern is for the offer: 3 exact, 2 type/*, 1 */*, 0 no match."""
    if pattern == offer:
        return 3
    if pattern == f"{offer.partition('/')[0]}/*":
        return 2
    return 1 if pattern == "*/*" else 0


def _media_quality(offer: str, accepted: Sequence[tuple[str, float]]) -> float:
    """Weight of an offered media type: that of the most specific pattern matching it."""
    best = max(((_match(offer, name), q) for name, q in accepted), default=(0, 0.0))
    return best[1] if best[0] else 0.0


@lru_cache(maxsize=1024)
def choose_media(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """Return the offer of greatest weight, the earlier one on a tie; None → 406.

    An absent or empty `Accept` takes the first offer.
    """
    if not accept or not accept.strip():
        return offers[0]
    accepted = parse_weighted(accept)
    quality, _, offer = max(
        (_media_quality(offer, accepted), -position, offer) for position, offer in enumerate(offers)
    )
    return offer if quality > 0 else None


@lru_cache(maxsize=1024)
def choose_coding(accept_encoding: str | None, offers: tuple[str, ...]) -> str:
    """Return the acceptable coding of greatest weight among `offers` (`identity` is always there).

    On a tie the earlier offer wins. An absent field takes `identity`. Where even `identity` is
    refused and nothing else fits, `identity` is sent all the same (RFC 9110 §12.5.3 allows it).
    """
    if not accept_encoding:
        return "identity"
    weights = dict(parse_weighted(accept_encoding))
    star = weights.get("*")
    ranked = []
    for position, offer in enumerate(offers):
        if offer == "identity":
            # Identity is acceptable unless refused by name or by an unqualified star.
            quality = weights.get(offer, 0.001 if star is None or star > 0 else 0.0)
        else:
            quality = weights.get(offer, star or 0.0)
        ranked.append((quality, -position, offer))
    quality, _, offer = max(ranked)
    return offer if quality > 0 else "identity"


def tag_matches(field: bytes, tags: frozenset[bytes]) -> bool:
    """Whether `If-None-Match` names any variant's tag (weak comparison) or is `*`."""
    if field in tags or field.strip() == b"*":
        return True
    for tag in field.split(b","):
        candidate = tag.strip().removeprefix(b"W/")
        # Some intermediaries re-tag what they compressed (Apache's «-gzip»).
        if candidate in tags:
            return True
    return False
