"""Lines and sentences of tokens: no quantity is read across the end of a line or of a sentence."""

from khabar.text.document import Document


def is_same_line(document: Document, first: int, last: int) -> bool:
    """Whether tokens `first` and `last` exist, in this order, and are on the same line."""
    tokens = document.tokens
    if not 0 <= first <= last < len(tokens):
        return False
    return "\n" not in document.text[tokens.norm_end[first] : tokens.norm_start[last]]


def sentence_of(document: Document, token: int) -> range:
    """Return the tokens of the sentence that contains `token`; O(log S) for S sentences."""
    return document.sentences.tokens(document.sentences.of_token(token))
