"""Organisations from a lexicon of names that contain places: in قوات سوريا الديمقراطية a recognizer may only see the place."""

from collections.abc import Iterator, Sequence
from typing import Final

from khabar.entities.recognizer import Name
from khabar.grammar.folding import fold, fold_all
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.text.memo import Memo

_PROCLITICS: Final = frozenset(entries("entities/proclitics"))
_MOST_PROCLITICS: Final = 2


def _by_first_word() -> dict[str, list[tuple[str, ...]]]:
    """Return first word -> names that begin with it, the longest first; all words are folded."""
    names: dict[str, list[tuple[str, ...]]] = {}
    for entry in sorted(entries("entities/organisations_with_places"), key=len, reverse=True):
        words = tuple(map(fold, entry.split()))
        names.setdefault(words[0], []).append(words)
    return names


_NAMES: Final = _by_first_word()


def with_known(document: Document, found: Sequence[Name]) -> list[Name]:
    """Return the names, with the known organisations added.

    Args:
        document: has segmented tokens.
        found: names in text order, without overlaps. A known organisation replaces the names inside it, but is not added if a
            name extends beyond it.
    """
    names = list(found)
    for start, end in _known(document):
        touching = [name for name in names if name.start < end and start < name.end]
        if all(start <= name.start and name.end <= end for name in touching):
            names = [name for name in names if name not in touching]
            names.append(Name("ORG", start, end))
    return sorted(names, key=lambda name: name.start)


def _known(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the raw spans of known organisations."""
    tokens, sentences = document.tokens, document.sentences
    for token, begun in enumerate(_BEGUN.of(tokens.form)):
        for cuts, names in begun:
            stop = sentences.first_token[sentences.of_token(token) + 1]
            for words in names:
                if tuple(fold_all(tokens.form[token + 1 : min(token + len(words), stop)])) == words[1:]:
                    start = document.normalized.raw_start(tokens.norm_start[token] + cuts)
                    yield start, tokens.end[token + len(words) - 1]
                    break


def _begun(form: str) -> tuple[tuple[int, list[tuple[str, ...]]], ...]:
    """Return (number of proclitics before the name, names) for each way in which a word may begin known names."""
    found = []
    for cuts in range(_MOST_PROCLITICS + 1):
        if cuts and form[cuts - 1 : cuts] not in _PROCLITICS:
            break
        if names := _NAMES.get(fold(form[cuts:])):
            found.append((cuts, names))
    return tuple(found)


_BEGUN: Final = Memo(_begun)
