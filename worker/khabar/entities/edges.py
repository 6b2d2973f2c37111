"""Mend frequent mistakes of recognizers: an addressee inside a person's name, a common word taken for a place, a nickname.

A nickname in brackets after a person becomes a person, whatever type the recognizer gave it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from khabar.entities.countries import ADJECTIVES, NAMES, country_of, key
from khabar.entities.recognizer import Name
from khabar.entities.spelling import fold
from khabar.lexicons import entries
from khabar.text.document import Document

_TO: Final = "ل"
_SHORTEST: Final = 3
# Two names in one row: لإيلون ماسك ولجيف بيزوس.
_ROW: Final = 6
_ANYWHERE: Final = "*"
_ARTICLE: Final = "ال"
_DEFINITE: Final = re.compile("[وف]?(?:[بك]?ال|لل)...")  # three letters at least: الى is إلى
# A clock time or a fraction as the Maghreb's agencies write it, 00ر20; and no person has a number (a street has, 5 جويلية).
_FRACTION: Final = re.compile(r"\d+ر\d+")


def _outlets() -> dict[str, list[tuple[str, ...]]]:
    """Return first word -> names of outlets and agencies that begin with it, the longest first."""
    names = {name for line in entries("origin/agencies") for name in line.split("\t")}
    names |= {line.split("\t")[0] for line in entries("origin/outlets")}
    found: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(names, key=lambda name: (-len(name.split()), name)):
        words = tuple(map(fold, name.split()))
        if len(words[0]) >= _SHORTEST:
            found.setdefault(words[0], []).append(words)
    return found


_OUTLETS: Final = _outlets()
_NO_PLACES: Final = {
    fold(name): frozenset(map(fold, words.split()))
    for name, words in (line.split("\t") for line in entries("entities/no_places"))
}
_NO_TAILS: Final = {
    fold(name): frozenset(map(fold, nouns.split()))
    for name, nouns in (line.split("\t") for line in entries("entities/no_tails"))
}


def within_bounds(document: Document, names: Sequence[Name]) -> list[Name]:
    """Return the names with these mistakes mended, in text order."""
    found: list[Name] = []
    persons = {fold(document.form(name.start, name.end)) for name in names if name.type == "PER"}
    for name in names:
        if _is_number(document, name) or _is_adjective(document, name):
            continue
        if name.type == "LOC" and _is_other_word(document, name, names):
            continue
        if name.type == "PER":
            found += _person(document, name, found[-1] if found else None)
        elif found and _is_nickname(document, found[-1], name, persons):
            found.append(Name("PER", name.start, name.end))
        else:
            found.append(_without_tail(document, name) if name.type == "ORG" else name)
    return found


def _without_tail(document: Document, name: Name) -> Name:
    """Return a body's name without the verbal noun behind it: أعلنت جامعة الملك سعود | فتح باب القبول."""
    tokens = document.tokens
    last = tokens.at(name.end - 1)
    nouns = _NO_TAILS.get(fold(tokens.form[last]))
    before = last - 1
    if nouns is None or before < 0 or tokens.start[before] < name.start:
        return name
    return name if fold(_bare(tokens.segments[before])) in nouns else Name("ORG", name.start, tokens.end[before])


def _is_nickname(document: Document, before: Name, name: Name, persons: set[str]) -> bool:
    """Whether a name in brackets after a person is that person's nickname: elsewhere in the text it is a person's name."""
    in_brackets = document.raw[before.end : name.start].strip() == "(" and document.raw[name.end : name.end + 1] == ")"
    return before.type == "PER" and in_brackets and fold(document.form(name.start, name.end)) in persons


def _person(document: Document, name: Name, before: Name | None) -> Iterator[Name]:
    """Yield a person's name without the preposition before it; if it contains an addressee, yield the two as separate names.

    An addressee is an outlet after 'to': X لرويترز, said by X to Reuters.
    """
    tokens = document.tokens
    first, last = tokens.at(name.start), tokens.at(name.end - 1)
    start = name.start
    if before is not None and before.type == "PER" and first - tokens.at(before.end - 1) <= _ROW:
        both = tokens.form[first].startswith(("و" + _TO, _TO)) and document.raw[name.start] == _TO
        if both and before.start > tokens.start[tokens.at(before.start)] and document.raw[before.start - 1] == _TO:
            start += 1
    for token in range(first + 1, last + 1):
        form = fold(tokens.form[token])
        if not form.startswith(_TO) or len(form) <= _SHORTEST:
            continue
        for words in _OUTLETS.get(form[1:], ()):
            end = token + len(words)
            if tuple(fold(word) for word in tokens.form[token + 1 : end]) == words[1:]:
                yield Name("PER", start, tokens.end[token - 1])
                yield Name("ORG", document.normalized.raw_start(tokens.norm_start[token] + 1), tokens.end[end - 1])
                return
    yield Name("PER", start, name.end)


def _is_number(document: Document, name: Name) -> bool:
    """Whether a name holds what only a number holds."""
    words = document.raw[name.start : name.end].split()
    if name.type == "PER":
        return any(word[0].isdecimal() for word in words)
    return any(map(_FRACTION.fullmatch, words))


def _is_adjective(document: Document, name: Name) -> bool:
    """Whether a country's name is the adjective of the noun before it: الحدود السعودية."""
    tokens = document.tokens
    token = tokens.at(name.start)
    if name.type != "LOC" or token < 1 or tokens.start[token] != name.start or tokens.end[token] != name.end:
        return False
    form = tokens.form[token]
    if not form.startswith(_ARTICLE) or fold(form) not in ADJECTIVES:
        return False
    is_definite = _DEFINITE.match(tokens.form[token - 1]) is not None
    return is_definite and document.raw[tokens.end[token - 1] : name.start].isspace()


def _countries(document: Document, names: Sequence[Name]) -> set[str | None]:
    """Return the countries that an article's words and place names refer to."""
    found = {country_of(fold(form)) for form in set(document.tokens.form) if len(form) >= _SHORTEST}
    return found | {NAMES.get(key(document.form(name.start, name.end))) for name in names if name.type == "LOC"}


def _is_other_word(document: Document, name: Name, names: Sequence[Name]) -> bool:
    """Whether a place's name is used here in its other meaning; the lexicon of such names says how to tell."""
    words = _NO_PLACES.get(fold(document.form(name.start, name.end).lstrip("#").partition("_")[0]))
    if words is None:
        return False
    needed = {word[1:].upper() for word in words if word.startswith(_ANYWHERE)}
    if needed:
        return not needed & _countries(document, names)
    token = document.tokens.at(name.start)
    return token > 0 and fold(_bare(document.tokens.segments[token - 1])) in words


def _bare(segments: str) -> str:
    parts = segments.split("+")
    while len(parts) > 1 and parts[0] in ("و", "ف", "ب", "ل", "ك", "ال"):
        parts.pop(0)
    return "".join(parts)
