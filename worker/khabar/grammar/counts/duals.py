"""Duals, which count two things without a number: قريتين, شخصان, and قريتي before two names."""

from typing import Final

from khabar.grammar.counts.nouns import DUALS, NO_DUALS, NO_NOUNS, NOUNS, Noun
from khabar.grammar.counts.reach import is_same_line, sentence_of
from khabar.lexicons import entries
from khabar.lexicons.kept import kept
from khabar.text.document import Document

_CLITICS: Final = frozenset("وفبلك")
_DOUBLE_CLITICS: Final = frozenset(conjunction + preposition for conjunction in "وف" for preposition in "بلك")
# للصين means 'to China', not 'to two thieves' (لصين).
_TO_THE: Final = "لل"
# The second of the two names must be at most this many tokens after a construct dual.
_MAX_TO_SECOND: Final = 6
_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
_OPENERS: Final = frozenset('"«“(#')
_ENDINGS: Final = ("ان", "ين")
_CERTAIN: Final = ("تي", "تا", "يي")
_FEMININE: Final = ("تي", "تا")
_HEADS: Final = frozenset(entries("quantities/construct_duals")) | frozenset(
    head for line in entries("entities/dual_heads") if (head := line.partition("\t")[0]).endswith("ي")
)


def duals(document: Document) -> list[tuple[int, Noun, int]]:
    """Return the duals that count, indefinite or before two names: (token, noun, number of proclitic characters)."""
    form, forms = document.tokens.form, _FORMS
    found = []
    # Testing the last letter first is faster than looking up every word.
    for index in [index for index, token in enumerate(form) if token[-1] in "ناي" and token in forms]:
        noun, clitic_chars = forms[form[index]]
        if noun.number == "construct":
            if not (_is_of_a_kind(document, index) or _names_both(document, index)):
                continue
        elif not form[index].startswith("و") and _is_dual(form[index - 1]) and is_same_line(document, index - 1, index):
            continue  # an adjective of the dual before it; after و it is another noun (طفلان وامرأتان)
        found.append((index, noun, clitic_chars))
    return found


def _forms() -> dict[str, tuple[Noun, int]]:
    """Return form -> (noun, number of proclitic characters), for every form of a dual, so that a token costs one lookup."""
    found = {form: (noun, 0) for form, noun in DUALS.items()}
    same: dict[tuple[Noun, int], tuple[Noun, int]] = {}  # equal values share one object
    for clitics in (_CLITICS, _DOUBLE_CLITICS):
        for clitic in sorted(clitics):
            for form, noun in DUALS.items():
                word = clitic + form
                is_to_the = word.startswith(_TO_THE, len(clitic) - 1)
                if not is_to_the and word not in NOUNS and word not in NO_DUALS:
                    reading = (noun, len(clitic))
                    found.setdefault(word, same.setdefault(reading, reading))
    return found


_FORMS: Final = kept("duals", _forms)


def _is_dual(word: str) -> bool:
    return word.endswith(_ENDINGS) and word.removeprefix("ال") in _FORMS


def _is_of_a_kind(document: Document, index: int) -> bool:
    """Whether an indefinite noun follows that completes the dual: عمليتي تصويت, بطاقتا تفتيش, but not مهمتي صعبة."""
    form = document.tokens.form
    if not form[index].endswith(_FEMININE) or not is_same_line(document, index, index + 1):
        return False
    kind = form[index + 1]
    if index + 1 not in sentence_of(document, index) or kind in NO_NOUNS or kind.startswith("ال"):
        return False
    if form[index].endswith("تي") and kind.endswith("ا"):
        return False  # تقلب خطتي رأسا
    return kind in NOUNS or (form[index].endswith("تا") and kind.isalpha() and not kind.startswith("و"))


def _names_both(document: Document, index: int) -> bool:
    """Whether two definite nouns or names joined by و follow: فريقي النصر والهلال, قطاعا «الطاقة» و«الاتصالات»."""
    form = document.tokens.form
    end = min(index + 1 + _MAX_TO_SECOND, sentence_of(document, index).stop)
    if index + 1 >= end:
        return False
    # Words with -تي, -تا and -يي are always duals; سهما and فريقي may also be "a share" and "my team".
    is_certain = form[index].endswith(_CERTAIN) or form[index] in _HEADS or form[index][1:] in _HEADS
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
