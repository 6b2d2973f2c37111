"""Organisations in English: known bodies, else a class noun, its adjectives, field, place and country in English order."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from khabar.entities.countries import ADJECTIVES
from khabar.entities.spelling import bare, fold, units
from khabar.latin.persons import Latin, Region, person
from khabar.latin.places import countries, known_place
from khabar.lexicons import entries

_MINISTRY: Final = "Ministry"
_NAMED: Final = frozenset(entries("latin/heads_with_bearers"))
_MANY: Final = frozenset(entries("latin/heads_of_many"))
_SHORT: Final = frozenset(entries("latin/short_ministries"))
_NO_PERSON: Final = ("ال", "لل", "و", "ب")
_OF: Final = frozenset({"College"})
_LINKS: Final = frozenset({"في", "من", "ب"})
_CLASSES: Final = frozenset(["محافظة", "مدينة", "منطقة", "ولاية"])  # شرطة محافظة جدة is شرطة جدة
_LONGEST_HEAD: Final = 4
_MOST_WORDS: Final = 9


def organisation(name: str, english: Mapping[str, str], region: Region = "") -> Latin | None:
    """Return an organisation's name in English; None where the lists do not have all of its words.

    Args:
        name: as the record has it.
        english: folded Arabic name -> English name of places.
        region: as of a person.
    """
    words = name.split()
    if not words or len(words) > _MOST_WORDS:
        return None
    if name.isascii():
        return Latin(name, "known")
    known = _known(words)
    if known:
        return Latin(known, "known")
    made = _translate(words, english, region)
    return Latin(made, "romanized") if made else None


def _known(words: list[str]) -> str | None:
    bodies = _bodies()
    found = bodies.get(_key(words))
    if found:
        return found
    if len(words) > 2 and _nation(words[-1]) and bodies.get(_key(words[:-1])):  # جماعة الحوثي اليمنية
        return bodies[_key(words[:-1])]
    # شركة غوغل is غوغل, and a club may stand with its noun or without; the noun alone tells nothing.
    return bodies.get(_key(words[1:])) if len(words) > 1 and bare(words[0]) in _droppable() else None


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


@cache
def _lexicon(name: str) -> Mapping[str, str]:
    rows = (line.split("\t") for line in entries(f"latin/{name}"))
    return {" ".join(map(bare, arabic.split())): latin for arabic, latin in rows}


@cache
def _modifiers() -> Mapping[str, str]:
    """Return an adjective in all of its forms -> English."""
    found: dict[str, str] = {}
    for adjective, latin in _lexicon("modifiers").items():
        for ending in ("", "ه", "ين", "ون"):
            found.setdefault(adjective + ending, latin)
    return found | {bare("العليا"): "Supreme", bare("العامة"): "General", bare("الكبرى"): "Grand"}


def _nation(word: str) -> str | None:
    """Return the English adjective of a nationality."""
    found = countries().get(ADJECTIVES.get(fold(word), ""))
    return found[1] if found else None


def _translate(words: list[str], english: Mapping[str, str], region: Region) -> str | None:
    heads = _lexicon("organisation_heads")
    for size in range(min(_LONGEST_HEAD, len(words)), 0, -1):
        head = heads.get(" ".join(map(bare, words[:size])))
        if head:
            return _after_head(head, words[:size], words[size:], english, region)
    return None


def _after_head(
    head: str, opening: list[str], rest: list[str], english: Mapping[str, str], region: Region
) -> str | None:
    rest = [word for number, word in enumerate(rest) if number or word not in _CLASSES]
    if not rest:
        return _alone(head, opening)
    nation, before, after = "", [], ""
    for_field, place_of = False, ""
    at = 0
    while at < len(rest):
        word = rest[at]
        found, size = _field(rest, at)
        if (adjective := _nation(word)) and not nation:
            nation, size = adjective, 1
        elif (modifier := _modifiers().get(bare(word))) and not after:
            before.append(modifier)
            size = 1
        elif found and not after:
            after, for_field = found, _without_preposition(fold(word)) != fold(word)
        elif word in _LINKS and at + 1 < len(rest):
            size = 1
        elif not place_of:
            size = len(rest) - at
            while size and not (place_of := known_place(" ".join(rest[at : at + size]), english) or ""):
                size -= 1
            if not size:
                return _named(head, rest, region) if not at and head in _NAMED else None
        else:
            return None
        at += size
    is_bare = not (before or after or place_of) and head in _MANY
    return None if is_bare else _ordered(head, nation, before, after, place_of, for_field=for_field)


def _alone(head: str, opening: list[str]) -> str | None:
    """Return a head that is a whole name: الخارجية; a single indefinite noun is none."""
    return head if len(head.split()) > 1 and (len(opening) > 1 or opening[0].startswith("ال")) else None


def _field(rest: list[str], at: int) -> tuple[str, int]:
    """Return what the organisation is for and of how many words that is."""
    fields = _fields()
    for size in range(min(_LONGEST_HEAD, len(rest) - at), 0, -1):
        words = [fold(word) for word in rest[at : at + size]]
        found = fields.get(" ".join([_without_preposition(words[0]), *words[1:]]))
        if found:
            return found, size
    return "", 0


@cache
def _fields() -> Mapping[str, str]:
    rows = (line.split("\t") for line in entries("latin/fields"))
    return {" ".join(map(fold, arabic.split())): latin for arabic, latin in rows}


def _without_preposition(word: str) -> str:
    if word.startswith("لل"):
        return "ال" + word[2:]
    return word[1:] if word.startswith("ل") and not word.startswith("لا") else word


def _named(head: str, rest: list[str], region: Region) -> str | None:
    """Return a university, club or hospital that bears a person's name."""
    bearer = person(" ".join(rest), region) if len(rest) > 1 else None
    is_sure = bearer and (bearer.basis == "known" or not any(word.startswith(_NO_PERSON) for word in rest))
    return f"{bearer.text} {head}" if bearer and is_sure else None


def _ordered(head: str, nation: str, before: list[str], after: str, place: str, *, for_field: bool) -> str:
    adjectives = [word for word in reversed(before) if word.lower() not in head.lower()]
    if head[0].islower():
        after = after.lower() if after.isalpha() else after
    if head == _MINISTRY and after:
        body = f"{after} {head}" if after in _SHORT else f"{head} of {after}"
        parts = [nation, *adjectives, body]
    elif after and (for_field or adjectives or head in _OF):
        parts = [nation, *adjectives, head, "for" if for_field else "of", after]
    else:
        parts = [nation, *adjectives, after, head]
    if place:
        parts = [place, *parts] if not after and not nation else [*parts, "in", place]
    return " ".join(part for part in parts if part)
