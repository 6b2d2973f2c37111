"""Full stops on the wrong side of a space: على الاتفاق .وأضاف. They have two causes.

A single one in a text is a typing error and ends the sentence before it. Several come from a text that was stored in visual
order, where the stop of each line is before its last words: «التي دخلوا منها.» became «التي دخلوا .منها». Such a stop ends no
sentence at its place.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from khabar.lexicons import entries
from khabar.text.tokens import Tokens

_FEWEST_OF_DAMAGE: Final = 2  # displaced stops; a single one in a text is a typing error
_STARTERS: Final = frozenset(entries("punctuation/starters"))
_REPORTING: Final = frozenset(line.split("\t")[0] for line in entries("reporting/verbs"))
_AND: Final = "و"
_FEMININE: Final = "ت"
_AFTER_NUMBERS: Final = frozenset(entries("punctuation/after_numbers"))
_DOTTED: Final = frozenset(entries("punctuation/before_dotted_names"))
_PROCLITICS: Final = "وفبكل"
_OPENERS: Final = frozenset('"«“(')


class DisplacedStops:
    """Decides which displaced stops end a sentence."""

    def __init__(self, tokens: Tokens, stops: Sequence[int]) -> None:
        """Take the tokens of the article and the indexes of its stop marks, ascending; O(stops)."""
        self._tokens = tokens
        starts, ends = tokens.norm_start, tokens.norm_end
        # Most stops touch the word before them.
        loose = [mark for mark in stops if mark and starts[mark] != ends[mark - 1]]
        displaced = islice((mark for mark in loose if self.is_displaced(mark, mark + 1)), _FEWEST_OF_DAMAGE)
        self._is_damaged = len(list(displaced)) == _FEWEST_OF_DAMAGE

    def is_displaced(self, mark: int, after: int) -> bool:
        """Whether the marks [mark, after) touch the word after them but not the word before them; also at a line's start."""
        tokens = self._tokens
        if after >= len(tokens) or not tokens.touches_previous(after) or tokens.touches_previous(mark):
            return False
        return tokens.form[after][0].isalpha() or (after == mark + 1 and tokens.form[after] in _OPENERS)

    def ends_sentence(self, mark: int, after: int, *, is_last: bool) -> bool:
        """Whether a displaced stop ends the sentence before it.

        Args:
            mark, after: the run of marks, [mark, after).
            is_last: whether it is the last stop of its paragraph, and the paragraph does not end with a stop.
        """
        form = self._tokens.form
        before, following = form[mark - 1], form[after]
        if before[-1].isdigit() and following in _AFTER_NUMBERS:
            return False  # 20 .آلاف نسخة
        if following[0].isascii() or any(map(_is_before_dotted_name, form[max(mark - 2, 0) : mark])):
            return False  # .NET، نطاق .مصر
        is_reported = following[:1] == _AND and (
            following[1:] in _REPORTING or following[1:].removesuffix(_FEMININE) in _REPORTING
        )
        if is_reported or not (self._is_damaged or is_last):
            return True
        return not self._is_damaged and (following.startswith(_AND) or following in _STARTERS)


def _is_before_dotted_name(word: str) -> bool:
    """Whether a name that begins with a dot may follow the word (نطاق, وبنطاق)."""
    while word and word not in _DOTTED and word[0] in _PROCLITICS:
        word = word[1:]
    return word in _DOTTED
