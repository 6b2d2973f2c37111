"""Duals that count two without a number: قريتين, شخصان, and قريتي before the names of both."""

from typing import Final

from worker.grammar.lines import is_same_line, sentence_of
from worker.grammar.nouns import DUALS, NOUNS, Noun
from worker.lexicons import entries
from worker.pipeline.document import Document

_CLITICS: Final = "وفبلك"
# So many tokens after a construct dual the second of its two must have been named.
_MAX_TO_SECOND: Final = 6
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_OPENERS: Final = frozenset('"«“(#')
_ENDINGS: Final = ("ان", "ين")
_CERTAIN: Final = ("تي", "تا", "يي")


_NO_DUALS: Final = frozenset(entries("quantities/not_duals"))


def _with_clitics() -> dict[str, tuple[Noun, int]]:
    found: dict[str, tuple[Noun, int]] = {}
    for clitic in ("", *_CLITICS, *(conjunction + preposition for conjunction in "وف" for preposition in "بلك")):
        for form, noun in DUALS.items():
            if clitic.endswith("ل") and form.startswith("ل"):
                continue  # للصين is to China, not to two thieves
            if not clitic or ((clitic + form) not in NOUNS and (clitic + form) not in _NO_DUALS):
                found.setdefault(clitic + form, (noun, len(clitic)))
    return found


_DUALS: Final = _with_clitics()


def duals(document: Document) -> list[tuple[int, Noun, int]]:
    """Return the duals that count, indefinite or before listed names: token, noun, characters of its proclitics."""
    form = document.tokens.form
    found = []
    for index in [index for index, token in enumerate(form) if token in _DUALS]:
        noun, clitic_chars = _DUALS[form[index]]
        if noun.number == "construct":
            if not _names_both(document, index):
                continue
        elif _is_dual(form[index - 1]) and is_same_line(document, index - 1, index):
            continue  # an adjective of the dual before it
        found.append((index, noun, clitic_chars))
    return found


def _is_dual(word: str) -> bool:
    return word.endswith(_ENDINGS) and (word in _DUALS or word.removeprefix("ال") in _DUALS)


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
