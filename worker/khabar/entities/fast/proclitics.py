"""Where a name begins inside its first word: بعقوبة keeps its ب, ببغداد loses one.

Farasa's segmentation decides most words; foreign names it has not seen, and names that begin with a proclitic's letter,
are decided by how common the word is with and without the letter.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from operator import mul
from typing import Final

from khabar.entities.fast.features import plain, word_type
from khabar.lexicons import entries

CONJUNCTIONS: Final = "وف"
PREPOSITIONS: Final = "بلك"
_FUNCTION_WORDS: Final = frozenset(map(plain, entries("function_words/ar")))
_LONGEST: Final = 2
_FAR_MORE_COMMON: Final = 1.5  # a word without its first letter, by its rank: e to this power
_SHORTEST_REST: Final = 2
_AND: Final = "و"
# Inside a person's name the letter is oftener a foreign W: of 59 such surnames in annotated articles this takes none for two
# people, and it parts two thirds of those that are joined. Short ones (وود) and those in وو and وال (والكر) cannot be told.
_SURELY_JOINS: Final = 2.5
_SHORTEST_JOINED: Final = 4
_NOT_JOINED: Final = ("ال", "و")


def candidates(form: str) -> Iterator[str]:
    """Yield the word from each letter on that may be a proclitic, from the left: at most a conjunction and a preposition."""
    for step in range(_LONGEST):
        letters = PREPOSITIONS if step else CONJUNCTIONS + PREPOSITIONS
        if len(form) <= _SHORTEST_REST or form[0] not in letters:
            return
        yield form
        form = form[1:]


def without_letter(form: str) -> str:
    """Return the word that stands behind a proclitic: لل is ل and ال."""
    return "ا" + form[1:] if form.startswith("لل") else form[1:]


def evidence(
    form: str, segments: str, step: int, *, how_common: Callable[[str], float], forms: Collection[str]
) -> list[float]:
    """Return the features of one letter.

    Args:
        form: the word from this letter on.
        segments: Farasa's segmentation of the whole word.
        step: how many letters have been cut off before.
        how_common: word in plain spelling -> logarithm of its frequency, 0 where it is not known.
        forms: the forms of the article's tokens.
    """
    letter, rest, whole = form[0], form[1:], without_letter(form)
    fused = whole != rest
    cut = len(word_type(segments).proclitics) > step
    with_letter, without = how_common(plain(form)), how_common(plain(whole))
    gain = without - with_letter
    with_unknown, without_unknown = with_letter == 0, without == 0
    found = (
        1.0,
        cut,
        rest.startswith("ال") or fused,
        with_letter,
        without,
        with_unknown,
        without_unknown,
        *(letter == other for other in "وبل"),
        letter in "فك",
        whole in forms,
        gain * (letter == "و"),
        step,
        # How common the words are tells more where Farasa does not cut.
        gain * cut,
        gain * (not cut),
        gain * (not cut and with_unknown),
        not cut and gain > _FAR_MORE_COMMON,
        without_unknown and not cut,
        with_unknown and cut,
        with_unknown and not cut,
        plain(rest) in _FUNCTION_WORDS,  # بالي is no ب and الى
    )
    return list(map(float, found))


class Proclitics:
    """Counts the letters before a name in its first word, with a logistic model of `evidence`."""

    def __init__(self, weights: Sequence[float], how_common: Callable[[str], float]) -> None:
        """Take the weights of the features, and how common a word in plain spelling is."""
        self._weights = list(weights)
        self._how_common = how_common
        self._stands_before = lru_cache(maxsize=4096)(self._weigh)  # the same names come again and again

    def count(self, form: str, segments: str, forms: Collection[str]) -> int:
        """Return how many letters of a word stand before the name that begins in it; `forms` are the article's."""
        cut = 0
        for word in candidates(form):
            whole = without_letter(word)
            if not self._stands_before(word, segments, cut, (whole,) if whole in forms else ()):
                break
            cut += 1
        return cut

    def joins(self, form: str, segments: str, forms: Collection[str]) -> bool:
        """Whether a word inside a person's name is 'and' with another's name: ونتنياهو in عباس ونتنياهو."""
        rest = form[1:]
        if form[0] != _AND or len(rest) < _SHORTEST_JOINED or rest.startswith(_NOT_JOINED):
            return False
        return self._score(form, segments, 0, (rest,) if rest in forms else ()) > _SURELY_JOINS

    def _weigh(self, form: str, segments: str, step: int, forms: tuple[str, ...]) -> bool:
        """Whether the first letter of `form` stands before the name; of the article's forms the rest alone matters."""
        return self._score(form, segments, step, forms) > 0

    def _score(self, form: str, segments: str, step: int, forms: tuple[str, ...]) -> float:
        found = evidence(form, segments, step, how_common=self._how_common, forms=forms)
        score: float = sum(map(mul, found, self._weights))
        return score
