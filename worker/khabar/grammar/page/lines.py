"""Lines of a document as token ranges. Boilerplate is mostly a whole line, or at the start or end of one."""

from collections.abc import Sequence
from itertools import pairwise

from khabar.text.document import Document


def lines(document: Document) -> list[range]:
    """Return the tokens of each paragraph."""
    first_token = document.sentences.first_token
    return [range(first, last) for first, last in pairwise(first_token[i] for i in document.paragraphs.first_sentence)]


def body_lines(document: Document, every: Sequence[range]) -> list[range]:
    """Return the lines of the body."""
    body = document.tokens.at(document.body_start - 1) + 1
    return [line for line in every if line.start >= body]
