"""Turn the words of names into raw spans: without proclitics, with the '#' of a hashtag; joined people become two names."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from khabar.entities.fast.proclitics import Proclitics, candidates, without_letter
from khabar.entities.recognizer import EntityType, Name
from khabar.text.document import Document

Words = tuple[EntityType, int, int]  # type, first and last token


def names(
    document: Document, found: Iterable[tuple[EntityType, int, int]], tokens: Sequence[int], proclitics: Proclitics
) -> list[Name]:
    """Return the names with raw offsets.

    Args:
        document: has segmented tokens.
        found: type, first and last unit of each name, in text order.
        tokens: index of each unit's token.
        proclitics: decides where the name begins in its first word.
    """
    columns = document.tokens
    form = columns.form
    forms = frozenset(form)
    apart = [
        words
        for kind, first, last in found
        for words in _apart(document, (kind, tokens[first], tokens[last]), proclitics, forms)
    ]
    evidence = _Evidence(
        forms=forms,
        inner={form[token] for kind, first, last in apart if kind == "PER" for token in range(first + 1, last + 1)},
        whole={tuple(form[first : last + 1]) for _, first, last in apart if last > first},
    )
    return [
        Name(kind, _start(document, first, last, proclitics, evidence), columns.end[last])
        for kind, first, last in apart
    ]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The evidence in an article's words of where a name begins.

    Attributes:
        forms: of all tokens.
        inner: those inside the names of people, behind the first word.
        whole: the names of several words, as they stand.
    """

    forms: frozenset[str]
    inner: Collection[str]
    whole: Collection[tuple[str, ...]]


def _apart(document: Document, words: Words, proclitics: Proclitics, forms: frozenset[str]) -> Iterator[Words]:
    """Yield a name, or the people whom it joins: عباس | ونتنياهو."""
    kind, first, last = words
    if kind == "PER":
        form, segments = document.tokens.form, document.tokens.segments
        for token in range(first + 1, last + 1):
            if proclitics.joins(form[token], segments[token], forms):
                yield kind, first, token - 1
                first = token
    yield kind, first, last


def _start(document: Document, first: int, last: int, proclitics: Proclitics, evidence: _Evidence) -> int:
    tokens = document.tokens
    form = tokens.form
    if first and form[first - 1] == "#" and tokens.touches_previous(first):
        return tokens.start[first - 1]
    if form[first].startswith("و") and form[first] in evidence.inner:  # وود is no ود beside روبرت وود
        return tokens.start[first]
    cut = proclitics.count(form[first], tokens.segments[first], evidence.forms)
    if not cut and any(candidates(form[first])):
        cut = int((without_letter(form[first]), *form[first + 1 : last + 1]) in evidence.whole)  # لأم كلثوم is أم كلثوم
    return document.normalized.raw_start(tokens.norm_start[first] + cut) if cut else tokens.start[first]
