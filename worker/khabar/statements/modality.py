"""Modality: whether a statement is negated, future, possible or conditional, if one of its first words marks it."""

from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.speech.reporting import COMPLEMENTIZERS
from khabar.lexicons import entries
from khabar.messages.record import Modality
from khabar.statements.finder import Statement
from khabar.text.tokens import Tokens

# The marking word is one of this many words at the clause's beginning.
_REACH: Final = 6
_ROWS: Final[list[list[str]]] = [line.split("\t") for line in entries("reporting/modality")]
_WORDS: Final[dict[str, Modality]] = {fold(word): kind for kind, words in _ROWS for word in words.split()}  # type: ignore[misc]
_RELATIVES: Final = frozenset(map(fold, ("الذي", "التي", "الذين", "اللذين", "ما", "من")))
_MAY: Final = "قد"


def modality_of(tokens: Tokens, statement: Statement) -> Modality | None:
    """Return the modality of a reported clause; None if its first words mark none, and for noun phrases."""
    if statement.opening.kind == "nominal":
        return None
    form = tokens.form
    for index in range(statement.first, min(statement.first + _REACH, len(form))):
        word = fold(form[index])
        if not word[0].isalnum() or word in _RELATIVES or tokens.start[index] >= statement.end:
            return None
        if index == statement.first and form[index] in COMPLEMENTIZERS:
            continue
        if word == _MAY and form[index + 1 : index + 2] and form[index + 1].startswith("ي"):
            return "possible"
        if word in _WORDS:
            return _WORDS[word]
        if tokens.segments[index].startswith("س+ي") or tokens.segments[index].startswith("س+ت"):
            return "future"
    return None
