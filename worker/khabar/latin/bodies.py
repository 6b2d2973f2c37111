"""Organisations that a list has: their English names, and what of a longer name is one of them."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from khabar.entities.countries import ADJECTIVES
from khabar.entities.spelling import bare, fold, units
from khabar.latin.places import countries
from khabar.lexicons import entries

_IN: Final = "في"
_SHORTEST_OWNER: Final = 3  # letters, the ل among them


def known(words: list[str]) -> str | None:
    """Return the English name of a listed body."""
    bodies = _bodies()
    found = bodies.get(_key(words))
    if found:
        return found
    if len(words) > 2 and nation_of(words[-1]) and bodies.get(_key(words[:-1])):  # جماعة الحوثي اليمنية
        return bodies[_key(words[:-1])]
    # شركة غوغل is غوغل, and a club may stand with its noun or without; the noun alone tells nothing.
    return bodies.get(_key(words[1:])) if len(words) > 1 and bare(words[0]) in _droppable() else None


def known_opening(words: list[str]) -> int:
    """Return how many words open a name as a listed body and are followed by في or ل, 0 where none do.

    The words after it do not belong to the body's class noun: الاتحاد الأوروبي للشؤون الخارجية is not a European federation.
    """
    for size in range(len(words) - 1, 0, -1):
        follows = words[size] == _IN or (size > 1 and words[size].startswith("لل"))
        if follows and _key(words[:size]) in _bodies():
            return size
    return 0


def owner_of(rest: list[str]) -> tuple[str, int]:
    """Return the listed body that the organisation belongs to, and its size: المكتب السياسي لحماس."""
    first = rest[0]
    if not first.startswith("ل") or len(first) <= _SHORTEST_OWNER:
        return "", 0
    bare_first = "ال" + first[2:] if first.startswith("لل") else first[1:]
    found = _bodies().get(_key([bare_first, *rest[1:]]))
    return (found, len(rest)) if found else ("", 0)


def nation_of(word: str) -> str | None:
    """Return the English adjective of a nationality."""
    found = countries().get(ADJECTIVES.get(fold(word), ""))
    return found[1] if found else None


def _key(words: list[str]) -> str:
    return " ".join(units(words))


@cache
def _bodies() -> Mapping[str, str]:
    rows = (line.split("\t") for line in entries("latin/organisations"))
    return {_key(name.split()): latin for arabic, latin in rows for name in arabic.split("|")}


@cache
def _droppable() -> frozenset[str]:
    """Return the nouns without which a name stands as well: the class is marked so in the lexicon of heads."""
    rows = (line.split("\t") for line in entries("entities/heads"))
    return frozenset(bare(noun) for noun, _, optional in rows if optional == "+") | {bare("منصة"), bare("تطبيق")}
