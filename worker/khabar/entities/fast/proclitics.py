"""Where a name begins inside its first word: بعقوبة keeps its ب, ببغداد loses one.

Farasa's segmentation decides most words. It fails on foreign names that it has not seen, and on names that begin with a
proclitic's letter. For these it matters more how common the word is with and without that letter.
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
    """Yield the rest of the word from each possible proclitic on: at most one conjunction, then one preposition."""
    for step in range(_LONGEST):
        letters = PREPOSITIONS if step else CONJUNCTIONS + PREPOSITIONS
        if len(form) <= _SHORTEST_REST or form[0] not in letters:
            return
        yield form
        form = form[1:]


def without_letter(form: str) -> str:
    """Return the word without its first letter, a proclitic; لل becomes ال."""
    return "ا" + form[1:] if form.startswith("لل") else form[1:]


def evidence(
    form: str, segments: str, step: int, *, how_common: Callable[[str], float], forms: Collection[str]
) -> list[float]:
    """Return the features for the question whether one letter is a proclitic.

    Args:
        form: the word from this letter on.
        segments: Farasa's segmentation of the whole word.
        step: how many letters have been cut off already.
        how_common: word in plain spelling -> logarithm of its frequency, 0 if it is unknown.
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
        # The frequencies get separate weights, because they tell more where Farasa does not cut.
        gain * cut,
        gain * (not cut),
        gain * (not cut and with_unknown),
        not cut and gain > _FAR_MORE_COMMON,
        without_unknown and not cut,
        with_unknown and cut,
        with_unknown and not cut,
        plain(rest) in _FUNCTION_WORDS,  # بالي is not ب + الى
    )
    return list(map(float, found))


class Proclitics:
    """Counts the proclitics before a name in its first word, with a logistic model over the features of `evidence`."""

    def __init__(self, weights: Sequence[float], how_common: Callable[[str], float]) -> None:
        """Take the weights of the features, and the frequencies of words in plain spelling, as for `evidence`."""
        self._weights = list(weights)
        self._how_common = how_common
        self._stands_before = lru_cache(maxsize=4096)(self._weigh)  # the same names come often

    def count(self, form: str, segments: str, forms: Collection[str]) -> int:
        """Return how many letters of a word stand before the name; `forms` are those of the article's tokens."""
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
        """Whether the first letter of `form` stands before the name; `forms` has the rest if the article has it as a word."""
        return self._score(form, segments, step, forms) > 0

    def _score(self, form: str, segments: str, step: int, forms: tuple[str, ...]) -> float:
        found = evidence(form, segments, step, how_common=self._how_common, forms=forms)
        score: float = sum(map(mul, found, self._weights))
        return score
