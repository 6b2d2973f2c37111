"""Nominal mentions of organisations: التنظيم, الشركة, if exactly one organisation named before fits."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from khabar.entities.recognizer import Name
from khabar.entities.spelling import bare, fold
from khabar.grammar.surface import Surface, surfaces
from khabar.lexicons import entries
from khabar.text.document import Document


@dataclass(frozen=True, slots=True)
class Nominal:
    """A noun that stands for an organisation: its raw offsets, and the organisation's group of forms."""

    start: int
    end: int
    owner: int


def _lexicon() -> dict[str, Surface[tuple[str, ...]]]:
    rows = (line.split("\t") for line in entries("entities/nominal_heads"))
    return surfaces({noun: tuple(map(bare, heads.split())) for noun, heads in rows})


_ALL: Final = _lexicon()
_NOUNS: Final = {form: surface for form, surface in _ALL.items() if surface.is_definite}
_NO_NAMES: Final = _ALL.keys() - surfaces(dict.fromkeys(entries("entities/nouns_that_name"))).keys()
_FITTING: Final = frozenset(head for surface in _NOUNS.values() for head in surface.value)


def nominals(document: Document, names: Sequence[Name], owner: Sequence[int]) -> Iterator[Nominal]:
    """Yield the nominal mentions in text order.

    Args:
        document: with tokens and paragraphs.
        names: in text order.
        owner: for each name, the group that it belongs to.
    """
    tokens = document.tokens
    starts = [name.start for name in names]
    heads = _Heads(document, names, owner)
    for token, surface in enumerate(map(_NOUNS.get, tokens.form)):
        if surface is None or _is_modified(document, token):
            continue
        start = document.normalized.raw_start(tokens.norm_start[token] + len(surface.proclitic))
        at = bisect_left(starts, start)
        if _touches_name(names, at, tokens.start[token], tokens.end[token], document):
            continue
        group = heads.nearest(surface.value, at, _paragraph_start(document, start))
        if group is not None:
            yield Nominal(start, tokens.end[token], group)


def without_bare_nouns(document: Document, names: Sequence[Name]) -> list[Name]:
    """Return the names without those that are only a noun for organisations: neither تنظيم nor التنظيم is a name by itself."""
    tokens = document.tokens

    def is_bare(name: Name) -> bool:
        token = tokens.at(name.start)
        return token >= 0 and tokens.end[token] == name.end and tokens.form[token] in _NO_NAMES

    return [name for name in names if name.type != "ORG" or not is_bare(name)]


class _Heads:
    """For each class noun, the mentions of the organisations that it may stand for."""

    def __init__(self, document: Document, names: Sequence[Name], owner: Sequence[int]) -> None:
        self._names = names
        self._seen: dict[str, tuple[list[int], list[int]]] = {}
        known: dict[int, set[str]] = {}
        for index, name in enumerate(names):
            if name.type != "ORG":
                continue
            group = owner[index]
            heads = known.setdefault(group, set())
            head = _head(document, name)
            if head:
                heads.add(head)
            for noun in heads:
                mentions, groups = self._seen.setdefault(noun, ([], []))
                mentions.append(index)
                groups.append(group)

    def nearest(self, nouns: Sequence[str], before: int, paragraph: int) -> int | None:
        """Return the only group that the nouns can mean, None if there are several.

        Args:
            nouns: class nouns that fit.
            before: index of the name after the nominal mention; only earlier names count.
            paragraph: raw offset of the paragraph's start. If several groups fit, only names in this paragraph count.
        """
        far: set[int] = set()
        near: set[int] = set()
        for noun in nouns:
            mentions, groups = self._seen.get(noun, ([], []))
            stop = bisect_left(mentions, before)
            far.update(groups[max(0, stop - 64) : stop])
            for at in range(stop - 1, max(-1, stop - 16), -1):
                if self._names[mentions[at]].start < paragraph:
                    break
                near.add(groups[at])
        fitting = far if len(far) == 1 else near
        return next(iter(fitting)) if len(fitting) == 1 else None


def _head(document: Document, name: Name) -> str | None:
    """Return the class noun that begins the name, or stands before the quotation mark that opens it."""
    first = bare(document.form(name.start, name.end).replace("_", " ").lstrip("#").split(" ", 1)[0])
    if first in _FITTING:
        return first
    token = document.tokens.at(name.start) - 1
    if token > 0 and document.tokens.form[token] in _QUOTES:
        noun = fold(document.tokens.form[token - 1])
        for candidate in (bare(noun), noun[1:]):
            if candidate in _FITTING:
                return candidate
    return None


_QUOTES: Final = frozenset("\"«“'‘(")


def _is_modified(document: Document, token: int) -> bool:
    """Whether the next word describes the noun: الشركة السعودية, الشركة التي."""
    form = document.tokens.form
    if token + 1 >= len(form):
        return False
    following = form[token + 1]
    return following.startswith(("ال", "لل")) or following in _OPENERS


_OPENERS: Final = frozenset('"«“‘(#_')


def _touches_name(names: Sequence[Name], at: int, start: int, end: int, document: Document) -> bool:
    """Whether the token lies in a name or is the noun right before one (الشركة | سابك)."""
    if at > 0 and names[at - 1].end > start:
        return True
    if at >= len(names):
        return False
    following = names[at]
    if following.start < end:
        return True
    return following.type == "ORG" and not document.raw[end : following.start].strip() and following.start - end <= 1


def _paragraph_start(document: Document, start: int) -> int:
    paragraphs = document.paragraphs
    at = bisect_left(paragraphs.start, start + 1) - 1
    return paragraphs.start[at] if at >= 0 else 0
