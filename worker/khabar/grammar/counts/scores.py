"""Scores of matches in words, which count nothing: بثلاثة أهداف لهدف, هدفين مقابل هدف, بهدفين نظيفين."""

from typing import Final

from khabar.grammar.counts.reach import sentence_of
from khabar.lexicons import entries
from khabar.text.document import Document

_SCORES: Final = frozenset(entries("quantities/scores"))
_GOALS: Final = frozenset(entries("quantities/goals"))
# Proclitics of the second side of a score: لهدف.
_OTHER_SIDE: Final = ("ل", "ول")
_PROCLITICS: Final = ("", "ب", "ل", "و", "وب", "ول")
_MAX_TO_SCORE: Final = 3


def is_score(document: Document, goals: int, first: int, last: int) -> bool:
    """Whether the goals at token `goals` are one side of a score.

    Args:
        document: has tokens and sentences.
        goals: the token of the noun, with its proclitics.
        first, last: the first and last token of the number with its noun.
    """
    form = document.tokens.form
    side = _side(form[goals])
    if side is None:
        return False
    sentence = sentence_of(document, goals)
    before = form[max(first - 1, sentence.start) : first]
    after = form[last + 1 : min(last + 1 + _MAX_TO_SCORE, sentence.stop)]
    if not _SCORES.isdisjoint(before + after):
        return True
    # In ثلاثة أهداف لهدف, the first side is a few words before the second.
    earlier = form[max(first - _MAX_TO_SCORE, sentence.start) : first]
    return side in _OTHER_SIDE and any(_side(word) is not None for word in earlier)


def _side(word: str) -> str | None:
    """Return the proclitic of a word that means goals ('' if it has none); None for other words."""
    for proclitic in _PROCLITICS:
        if word.startswith(proclitic) and word[len(proclitic) :] in _GOALS:
            return proclitic
    return None
