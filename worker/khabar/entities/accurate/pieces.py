"""A unigram tokenizer: cuts a word into pieces of a fixed vocabulary in the way with the best score.

A piece never crosses a space, so words are independent: each is cut once, and the result is cached.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from khabar.entities.accurate.units import Units
from khabar.text.memo import Memo

# Stands for the white space before a word.
BOUNDARY: Final = "▁"
# 200 bytes for each word, 12 MB in all. A full cache is emptied.
MAX_CACHED_WORDS: Final = 60_000
# In 4,000 articles only typing accidents are longer; the limit bounds the time for a long run of letters.
MAX_LETTERS: Final = 64
# As in SentencePiece: an unknown character costs ten more than the rarest piece.
_UNKNOWN_PENALTY: Final = 10.0


class Pieces:
    """Cuts words into pieces.

    Attributes:
        begin, end: ids of the pieces at the start and the end of each window.
        padding: id of the piece that fills a window.
        unknown: id of the piece for characters outside the vocabulary.
    """

    def __init__(self, scores: Iterable[tuple[str, float]], characters: Mapping[str, str]) -> None:
        """Take the vocabulary.

        Args:
            scores: each piece with its log-probability; its id is its position. The first four are <s>, <pad>, </s>, <unk>.
            characters: character -> its replacement before cutting, for compatibility forms; other characters stay.
        """
        pieces = list(scores)
        self.begin, self.padding, self.end, self.unknown = range(4)
        self._pieces = {piece: (index, score) for index, (piece, score) in enumerate(pieces) if index > self.unknown}
        self._longest = max(map(len, self._pieces))
        self._unknown_score = min(score for _, score in self._pieces.values()) - _UNKNOWN_PENALTY
        self._characters = str.maketrans(dict(characters))
        self._memo = Memo(self._cut, most=MAX_CACHED_WORDS)

    def __call__(self, word: str) -> tuple[int, ...]:
        """Return the ids of the word's pieces, at least one.

        Args:
            word: has no white space; begins with BOUNDARY if it begins a word of the text.
        """
        return self._memo[word]

    def _cut(self, word: str) -> tuple[int, ...]:
        text = word.translate(self._characters).replace(" ", BOUNDARY)
        if not text or len(text) > MAX_LETTERS:
            return (self.unknown,)
        best: list[tuple[float, int, int]] = [
            (0.0, 0, 0)
        ]  # for each end position: score, begin and id of the last piece
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
    """Return the pieces of each unit. Punctuation that touches the unit before it does not get a BOUNDARY; all else does."""
    return [
        pieces(form if is_glued and not form[0].isalpha() else BOUNDARY + form)
        for form, is_glued in zip(found.form, found.is_glued, strict=True)
    ]
