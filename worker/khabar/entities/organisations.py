"""Join the forms that name one organisation: with or without its class noun, shortened, with a country or its adjective."""

from collections import defaultdict
from collections.abc import Sequence, Set
from functools import lru_cache
from typing import Final

from khabar.entities.countries import country_of
from khabar.entities.groups import Groups
from khabar.entities.spelling import bare, fold, is_foreign, skeleton, with_one_g
from khabar.lexicons import entries

_MOST_CANDIDATES: Final = 24
_SMALL_WORDS: Final = frozenset(map(fold, entries("entities/small_words")))
# Kinds of organisations that a country's name or adjective may stand for: السعودية may be the airline or the team.
_CARRIERS: Final = frozenset({"team", "club", "company", "airline"})
# Kinds of organisations that a newspaper may call by only the class noun: الخطوط.
_ALONE: Final = frozenset({"company", "ministry", "agency", "bank", "airline"})
_PARTY: Final = "party"
# Kinds whose class noun may stand before a name that has one of its own; مجموعة منظمة is another body.
_WRAPPED: Final = frozenset({_PARTY, "club"})
# With this many distinctive words, two names may be one organisation although the class nouns differ (هيئة for وكالة).
_TELLING_WORDS: Final = 3
_SHORTEST_SKELETON: Final = 3


def _heads() -> dict[str, tuple[str, bool]]:
    rows = (line.split("\t") for line in entries("entities/heads"))
    return {bare(noun): (kind, optional == "+") for noun, kind, optional in rows}


_HEADS: Final = _heads()
_STRIPPED: Final = ("وال", "بال", "كال", "فال", "لل", "ال")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return the part that the word shares with its other forms: without article and endings of gender, number or relation."""
    word = fold(word)
    country = country_of(word)
    if country:
        return country
    for prefix in _STRIPPED:
        if word.startswith(prefix) and len(word) - len(prefix) > 2:
            word = word[len(prefix) :]
            break
    for ending in ("يون", "يين", "ون", "ين", "يه", "ات", "ي", "ه", "ا"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word


class _Shape:
    """A form prepared for comparison: its class noun, and the stems of its distinctive words."""

    __slots__ = ("head", "kind", "optional", "rest", "size", "stems", "words")

    def __init__(self, words: tuple[str, ...], known: Set[str]) -> None:
        first = bare(words[0])
        self.kind, self.optional = _HEADS.get(first, ("", False))
        self.head = first if self.kind else ""
        self.words = words
        self.stems = tuple(_known_stem(word, known) for word in words if word not in _SMALL_WORDS) or words
        self.rest: tuple[str, ...] = self.stems[1:] if self.head else self.stems
        self.size = len(self.rest)


def link_organisations(groups: Groups, indexes: Sequence[int], known_whole: Set[int]) -> None:
    """Join the forms of each organisation; O(forms).

    Args:
        groups: the groups of all forms.
        indexes: indexes of the organisations' forms.
        known_whole: forms that are known to be whole names, so they are not short for another name.
    """
    known = {stem(word) for index in indexes for word in groups.forms[index].words}
    shapes = {index: _Shape(groups.forms[index].words, known) for index in indexes}
    _link_equal(groups, shapes, known_whole)
    _link_headed(groups, shapes)
    _link_spellings(groups, shapes)
    _link_shorter(groups, shapes, known_whole)


def _known_stem(word: str, known: Set[str]) -> str:
    """Return the word's stem, without a preposition if the rest is a word of these names too: بجدة beside جدة."""
    found = stem(word)
    if found[0] in "بلو" and stem(word[1:]) in known:
        return stem(word[1:])
    return found


def _link_equal(groups: Groups, shapes: dict[int, _Shape], known_whole: Set[int]) -> None:
    """Join forms with the same distinctive words whose class nouns agree.

    A known name is not one of its bodies: الأمم المتحدة is not الجمعية العامة للأمم المتحدة.
    """
    by_rest: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, shape in shapes.items():
        if not shape.rest:
            continue
        key = tuple(sorted(shape.rest)) if shape.size >= _TELLING_WORDS else shape.rest
        peers = by_rest[key]
        for peer in peers[:_MOST_CANDIDATES]:
            headed, bare_one = (index, peer) if shape.kind else (peer, index)
            has_body = bool(shapes[headed].kind) and not shapes[headed].optional and not shapes[bare_one].kind
            if _agree(shape, shapes[peer]) and not (has_body and bare_one in known_whole):
                groups.join(index, peer)
                break
        peers.append(index)


def _link_headed(groups: Groups, shapes: dict[int, _Shape]) -> None:
    """Join a party or club with the form that puts another class noun before it: حزب | الاتحاد الاشتراكي."""
    whole = {shape.words: index for index, shape in shapes.items()}
    for index, shape in shapes.items():
        inner = whole.get(shape.words[1:]) if shape.kind in _WRAPPED and shape.size > 1 else None
        if inner is not None and shapes[inner].kind:
            groups.join(index, inner)


def _agree(one: _Shape, other: _Shape) -> bool:
    if one.kind == other.kind:
        return one.head == other.head or not one.kind or one.optional or one.size >= _TELLING_WORDS
    if one.kind and other.kind:
        return one.size >= _TELLING_WORDS or (one.optional and other.optional and one.size > 1)
    headed = one if one.kind else other
    if len(headed.rest) == 1 and len(headed.rest[0]) == 2:
        return headed.kind in _CARRIERS
    return headed.optional or headed.size > 1


def _link_spellings(groups: Groups, shapes: dict[int, _Shape]) -> None:
    """Join foreign names that differ only in vowels, in the letter for g or in script, with or without a class noun."""
    found: dict[str, int] = {}
    by_vowels: dict[str, int] = {}
    for index, shape in shapes.items():
        words = shape.words[1:] if shape.optional and shape.size and not _is_country(shape.rest) else shape.words
        key = "".join(map(skeleton, words))
        if len(key) < 2 or not is_foreign("".join(words)):
            continue
        if len(key) < _SHORTEST_SKELETON and not words[0].isascii():
            # So short a name must also have the same vowels, in Arabic letters: غوغل and جوجل. Latin vowels cannot be compared.
            groups.join(by_vowels.setdefault("".join(map(with_one_g, words)), index), index)
        host = found.setdefault(key, index)
        across_scripts = words[0].isascii() != groups.forms[host].words[0].isascii()
        if host != index and (len(key) >= _SHORTEST_SKELETON or across_scripts):
            groups.join(host, index)


def _link_shorter(groups: Groups, shapes: dict[int, _Shape], known_whole: Set[int]) -> None:
    """Join a form with the longer form that contains all its words, if there is exactly one."""
    by_stem: dict[str, list[int]] = defaultdict(list)
    for index in sorted(shapes, key=lambda index: (-len(shapes[index].stems), index)):
        shape = shapes[index]
        shortest = min((by_stem.get(word, []) for word in shape.rest or shape.stems), key=len, default=[])
        hosts = [host for host in shortest[-_MOST_CANDIDATES:] if _is_short_for(shape, shapes[host])]
        others = {groups.find(host) for host in hosts} - {groups.find(index)}
        if len(others) == 1 and index not in known_whole:
            groups.join(index, others.pop())
        for word in set(shape.stems):
            by_stem[word].append(index)


def _is_short_for(short: _Shape, full: _Shape) -> bool:
    """Whether `short` is `full` with some words left out and a class noun that agrees."""
    if len(short.stems) >= len(full.stems):
        return False
    if short.head and len(short.words) == 1:
        return short.head == full.head and short.kind in _ALONE
    if short.head:
        if not full.head or (short.head != full.head and (short.kind != full.kind or short.size == 1)):
            return False
        if short.kind == _PARTY and short.rest[0] != full.rest[0]:
            return False  # حزب الاستقلال is not حزب الشورى والاستقلال
        return set(short.rest) <= set(full.rest)
    if len(short.stems) == 1:
        return _is_word_of(short, full)
    if full.head:
        return full.rest[: short.size] == short.stems
    if short.stems[0] != full.stems[0]:
        return short.stems == full.stems[-short.size :]
    return set(short.stems) <= set(full.stems)


def _is_country(stems: tuple[str, ...]) -> bool:
    return len(stems) == 1 and len(stems[0]) == 2 and stems[0].isupper()


def _is_word_of(short: _Shape, full: _Shape) -> bool:
    """Whether a single word without class noun is short for `full`: its first word, or the last if it has two or is foreign."""
    word = short.stems[0]
    if _is_country(short.stems):
        return full.kind == "airline" and full.stems[1:] == (word,)
    if full.head:
        is_whole = len(short.words) == 1 and full.kind == "committee"
        return full.rest[0] == word and (full.optional or is_whole)
    is_telling = len(full.stems) == 2 or is_foreign(short.words[0])
    return full.stems[0] == word or (is_telling and full.stems[-1] == word)
