"""Turn the words of a name into its raw span: without proclitics, with the '#' of a hashtag that begins with the name."""

from collections.abc import Iterable, Sequence

from khabar.entities.fast.proclitics import Proclitics
from khabar.entities.recognizer import EntityType, Name
from khabar.text.document import Document


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
    forms = frozenset(columns.form)
    result = []
    for kind, first, last in found:
        start, end = tokens[first], tokens[last]
        result.append(Name(kind, _start(document, start, proclitics, forms), columns.end[end]))
    return result


def _start(document: Document, token: int, proclitics: Proclitics, forms: frozenset[str]) -> int:
    tokens = document.tokens
    form = tokens.form
    if token and form[token - 1] == "#" and tokens.touches_previous(token):
        return tokens.start[token - 1]
    cut = proclitics.count(form[token], tokens.segments[token], forms)
    return document.normalized.raw_start(tokens.norm_start[token] + cut) if cut else tokens.start[token]
