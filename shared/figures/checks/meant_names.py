"""What an unknown part of a key may have meant."""

from difflib import get_close_matches

from shared.figures.key_names import SYNONYMS, TITLES


def meant_name(name: str) -> str | None:
    """Return the known name that an unknown one may mean; None for a known or a far one."""
    synonym = SYNONYMS.get(name.lower())
    if synonym is not None or name in TITLES:
        return synonym
    close = get_close_matches(name.lower(), list(TITLES), n=1, cutoff=0.8)
    return close[0] if close else None
