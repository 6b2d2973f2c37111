"""A unigram tokenizer for words: the best-scored way to cut a word into pieces of a fixed vocabulary.

Words are independent (a piece never crosses a space), so each word is cut once and remembered.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from khabar.entities.accurate.units import Units
from khabar.text.memo import Memo

# A word's begin, where white space was.
BOUNDARY: Final = "▁"
# 200 bytes a word: 12 MB. Rarer words are cut anew.
MAX_CACHED_WORDS: Final = 60_000
# The longest words of 4,000 articles that are no typing accident are far shorter; a run of letters costs no more than this.
MAX_LETTERS: Final = 64
# SentencePiece: what no piece covers costs ten more than the rarest piece.
_UNKNOWN_PENALTY: Final = 10.0


class Pieces:
    """Cuts words into pieces.

    Attributes:
        begin, end: ids of the pieces that begin and end a window.
        padding: id of what fills a window up.
        unknown: id of what no piece covers.
    """

    def __init__(self, scores: Iterable[tuple[str, float]], characters: Mapping[str, str]) -> None:
        """Take the vocabulary.

        Args:
            scores: piece and log-probability, the id is the position; <s>, <pad>, </s>, <unk> come first.
            characters: what replaces a character before the cut (compatibility forms); the others stay.
        """
        pieces = list(scores)
        self.begin, self.padding, self.end, self.unknown = range(4)
        self._pieces = {piece: (index, score) for index, (piece, score) in enumerate(pieces) if index > self.unknown}
        self._longest = max(map(len, self._pieces))
        self._unknown_score = min(score for _, score in self._pieces.values()) - _UNKNOWN_PENALTY
        self._characters = str.maketrans(dict(characters))
        self._memo = Memo(self._cut, most=MAX_CACHED_WORDS)

    def __call__(self, word: str) -> tuple[int, ...]:
        """Return the ids of the word's pieces, one at least.

        Args:
            word: without white space; begins with BOUNDARY where it begins a word of the text.
        """
        return self._memo[word]

    def _cut(self, word: str) -> tuple[int, ...]:
        text = word.translate(self._characters).replace(" ", BOUNDARY)
        if not text or len(text) > MAX_LETTERS:
            return (self.unknown,)
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)]  # score, begin and id of the last piece, for each end
        for end in range(1, len(text) + 1):
            choices = [
                (best[begin][0] + found[1], begin, found[0])
                for begin in range(max(0, end - self._longest), end)
                if (found := self._pieces.get(text[begin:end]))
            ]
            choices.append((best[end - 1][0] + self._unknown_score, end - 1, self.unknown))
            best.append(max(choices, key=lambda choice: choice[0]))
        ids: list[int] = []
        end = len(text)
        while end:
            _, end, piece = best[end]
            if not (ids and piece == self.unknown == ids[-1]):
                ids.append(piece)
        return tuple(reversed(ids))


def pieces_of(found: Units, pieces: Pieces) -> list[tuple[int, ...]]:
    """Return the pieces of each unit; what touches the unit before it and is no word is no new word to the vocabulary."""
    return [
        pieces(form if is_glued and not form[0].isalpha() else BOUNDARY + form)
        for form, is_glued in zip(found.form, found.is_glued, strict=True)
    ]
