"""Farasa's answer back onto the word that was asked: cuts are taken from the answer, letters from the word."""

import re
from collections.abc import Sequence
from typing import Final

_PLUS: Final = re.compile(r"\++")
# Letters that Farasa's `normalizeFull` merges; the release's jar does so by default.
_FOLD: Final = str.maketrans("أإآٱىئؤة", "اااايءءه")
MAX_RUN: Final = 12  # tokens of ours that Farasa can have put together, or the other way round: 19/5/1955
_LAM_LAM: Final = re.compile("([وف]?ل)(ل.*)", re.DOTALL)


def restore(word: str, answer: str) -> str | None:
    """Return the word cut as the answer is.

    Args:
        word: as it was asked.
        answer: one line of Farasa's: its tokens, '+' between the parts; letters may be normalized, لل may be لال, and what
            its tokenizer took apart is in several tokens.

    Returns:
        The parts of the word joined by '+', with the word's own letters; لل is ل+ال where the answer has it so. None where the
        answer is not this word.
    """
    pieces = _PLUS.sub("+", "".join(answer.split()))
    letters = pieces.replace("+", "").translate(_FOLD)
    for spelled in spellings(word):
        if len(spelled) == len(letters) and spelled.translate(_FOLD) == letters:
            own = iter(spelled)
            return "".join(sign if sign == "+" else next(own) for sign in pieces)
    return None


def spellings(word: str) -> list[str]:
    """Return the word, and with the article's alef where it begins with لل, ولل, فلل."""
    found = _LAM_LAM.fullmatch(word)
    return [word, f"{found[1]}ا{found[2]}"] if found else [word]


def is_rewritten(word: str, answer: str) -> bool:
    """Whether the answer has other letters than the word: Farasa has normalized it."""
    return "".join(answer.split()).replace("+", "") not in spellings(word)


def match(forms: Sequence[str], letters: Sequence[str]) -> list[range] | None:
    """Tell which of Farasa's tokens make up each of ours.

    Args:
        forms: N tokens of ours.
        letters: M tokens of Farasa's from the same text, without '+'; Farasa may have split or joined ours.

    Returns:
        For each of our tokens, the range of Farasa's tokens that equal it together; an empty range where Farasa joined it with
        its neighbours. None where the two are not the same text.
    """
    found: list[range] = []
    ours = theirs = 0
    while ours < len(forms) or theirs < len(letters):
        first, start = ours, theirs
        mine = other = ""
        while not mine or not _is_same(mine, other):
            if len(mine) <= len(other) and ours < len(forms):
                mine, ours = mine + forms[ours], ours + 1
            elif theirs < len(letters):
                other, theirs = other + letters[theirs], theirs + 1
            else:
                return None
            if max(ours - first, theirs - start) > MAX_RUN:
                return None
        found += [range(start, theirs)] if ours == first + 1 else [range(0)] * (ours - first)
    return found


def _is_same(mine: str, other: str) -> bool:
    return any(spelled.translate(_FOLD) == other.translate(_FOLD) for spelled in spellings(mine))
