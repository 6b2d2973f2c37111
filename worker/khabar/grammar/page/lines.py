"""Lines of a document as token ranges: what stands at the beginning or end of one is often no story."""

from collections.abc import Sequence
from itertools import pairwise

from khabar.text.document import Document


def lines(document: Document) -> list[range]:
    """Return the tokens of each paragraph."""
    first_token = document.sentences.first_token
    return [range(first, last) for first, last in pairwise(first_token[i] for i in document.paragraphs.first_sentence)]


def body_lines(document: Document, every: Sequence[range]) -> list[range]:
    """Return those of all lines that are the body's."""
    body = document.tokens.at(document.body_start - 1) + 1
    return [line for line in every if line.start >= body]
