"""Duals that count two without a number: قريتين, شخصان, and قريتي before the names of both."""

from typing import Final

from khabar.grammar.counts.nouns import DUALS, NO_DUALS, NOUNS, Noun
from khabar.grammar.counts.reach import is_same_line, sentence_of
from khabar.lexicons import entries
from khabar.text.document import Document

_CLITICS: Final = frozenset("وفبلك")
_DOUBLE_CLITICS: Final = frozenset(conjunction + preposition for conjunction in "وف" for preposition in "بلك")
# للصين is to China, not to two thieves (لصين).
_TO_THE: Final = "لل"
_LAST_LETTERS: Final = frozenset("ناي")
# So many tokens after a construct dual the second of its two must have been named.
_MAX_TO_SECOND: Final = 6
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_OPENERS: Final = frozenset('"«“(#')
_ENDINGS: Final = ("ان", "ين")
_CERTAIN: Final = ("تي", "تا", "يي")


def duals(document: Document) -> list[tuple[int, Noun, int]]:
    """Return the duals that count, indefinite or before listed names: token, noun, characters of its proclitics."""
    form = document.tokens.form
    found = []
    # The last letter rules most words out, so that only few are looked up, with and without their first letters.
    for index in [index for index, token in enumerate(form) if token[-1] in _LAST_LETTERS]:
        read = _read(form[index])
        if read is None:
            continue
        noun, clitic_chars = read
        if noun.number == "construct":
            if not _names_both(document, index):
                continue
        elif _is_dual(form[index - 1]) and is_same_line(document, index - 1, index):
            continue  # an adjective of the dual before it
        found.append((index, noun, clitic_chars))
    return found


def _read(word: str) -> tuple[Noun, int] | None:
    """Return the dual that the word is, and the characters of its proclitics."""
    if word in DUALS:
        return DUALS[word], 0
    if word in NOUNS or word in NO_DUALS or word[0] not in _CLITICS:
        return None
    noun = DUALS.get(word[1:])
    if noun and not word.startswith(_TO_THE):
        return noun, 1
    if word[:2] in _DOUBLE_CLITICS and (noun := DUALS.get(word[2:])) and not word.startswith(_TO_THE, 1):
        return noun, 2
    return None


def _is_dual(word: str) -> bool:
    return word.endswith(_ENDINGS) and _read(word.removeprefix("ال")) is not None


def _names_both(document: Document, index: int) -> bool:
    """Whether two definite nouns or names joined by و follow: فريقي النصر والهلال, قطاعا «الطاقة» و«الاتصالات»."""
    form = document.tokens.form
    end = min(index + 1 + _MAX_TO_SECOND, sentence_of(document, index).stop)
    if index + 1 >= end:
        return False
    # -تي, -تا and -يي are duals whatever follows; سهما and فريقي are also "a share" and "my team".
    is_certain = form[index].endswith(_CERTAIN)
    following = form[index + 1]
    if following in _FUNCTION_WORDS or following.startswith("و"):
        return False
    if not (is_certain or following in _OPENERS or following.startswith("ال") or following.isdecimal()):
        return False
    for place in range(index + 2, end):
        word = form[place]
        if word == "و":
            return True
        if word.startswith("و") and word[1:] not in _FUNCTION_WORDS and (word.startswith("وال") or is_certain):
            return True
        if word in ".،؛:":
            return False
    return False
