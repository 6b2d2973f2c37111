"""Countries by their Arabic names and adjectives."""

from collections.abc import Iterator
from typing import Final

from khabar.entities.spelling import fold
from khabar.lexicons import entries


def _rows() -> Iterator[tuple[str, list[str], list[str]]]:
    for line in entries("entities/countries"):
        code, names, *adjectives = line.split("\t")
        yield code, names.split("|"), adjectives[0].split("|") if adjectives else []


def key(text: str) -> str:
    """Return the key under which a place's name is looked up: folded, without spaces and hyphens."""
    return fold("".join(text.replace("-", " ").split()))


def _adjectives() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, _, adjectives in _rows():
        for adjective in map(fold, adjectives):
            for ending in ("", "ه", "ين", "ون", "تين", "ات"):
                for article in ("", "ال", "وال", "لل", "بال"):
                    found.setdefault(article + adjective + ending, code)
    return found


NAMES: Final = {key(name): code for code, names, _ in reversed(list(_rows())) for name in names}
ADJECTIVES: Final = _adjectives()
# ISO code -> the usual Arabic name.
USUAL_NAMES: Final = {code: names[0] for code, names, _ in reversed(list(_rows()))}


def country_of(word: str) -> str | None:
    """Return the ISO code of the country whose name or adjective a folded word is; None for other words."""
    return NAMES.get(word) or ADJECTIVES.get(word)
