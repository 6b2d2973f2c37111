"""How far words belong together: nothing is read across the end of a line or of a sentence."""

from khabar.text.document import Document


def is_same_line(document: Document, first: int, last: int) -> bool:
    """Whether tokens `first` and `last` exist, in this order, and stand on one line."""
    tokens = document.tokens
    if not 0 <= first <= last < len(tokens):
        return False
    return "\n" not in document.text[tokens.norm_end[first] : tokens.norm_start[last]]


def sentence_of(document: Document, token: int) -> range:
    """Return the tokens of the sentence that holds `token`; O(log S)."""
    return document.sentences.tokens(document.sentences.of_token(token))
