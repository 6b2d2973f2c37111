"""The fate of the people that a number counts, such as killed or wounded, from the nearest word for one in the sentence."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.counts.nouns import NOUNS, PEOPLE
from khabar.grammar.surface import spellings, surfaces
from khabar.lexicons import entries

# The word for the fate is at most this many tokens away; a farther one belongs to something else.
_MAX_BEFORE: Final = 14
_MAX_AFTER: Final = 10
# The object of a verb may come after other numbers: لقي 3 رجال و4 نساء وطفلان مصرعهم.
_MAX_TO_OBJECT: Final = 20
# A word this near before the number wins over any after it: قتل 3 جنود أصيبوا.
_NEAR: Final = 5
# A court's ruling may be this many tokens before "execution": حكما بالإعدام على 11 متهما.
_MAX_TO_RULING: Final = 3
_MAX_TO_CARRIED_OUT: Final = 10
# Words such as سجن, which also begins the name of a prison, count only this near to the number.
_BESIDE: Final = 3
FATES: Final = frozenset({"killed", "wounded", "displaced", "detained", "missing"})
_KILLED: Final = "killed"
# Category of a total, of which the number before it is a part: 10 in 3 من أصل 10 ركاب.
WHOLE: Final = "whole"


def _events(*places: str, with_article: bool = False) -> dict[str, str]:
    rows = (line.split("\t") for line in entries("quantities/events"))
    lexicon = {word: category for word, category, place in rows if place in places}
    return {form: surface.value for form, surface in surfaces(lexicon, with_article=with_article).items()}


def _split(kind: str) -> frozenset[str]:
    rows = (line.split("\t") for line in entries("quantities/split_events"))
    return frozenset(conjunction + word for word, role in rows if role == kind for conjunction in ("", "و", "ف"))


def _phrases() -> dict[tuple[str, ...], str]:
    rows = (line.split("\t") for line in entries("quantities/event_phrases"))
    return {
        (spelled, second): category
        for phrase, category in rows
        for first, second_word in [phrase.split()]
        for spelled in spellings(first)
        for second in spellings(second_word)
    }


_BEFORE: Final = _events("before", "both")
_AFTER: Final = _events("after", "both")
_NEXT: Final = _events("next")
_CLOSE: Final = _events("near")
_PRONOUNS: Final = frozenset(entries("quantities/pronoun_objects"))
_COUNTS: Final = _events("count", with_article=True)
_PHRASES: Final = _phrases()
_VERBS: Final = _split("verb")
_OBJECTS: Final = _split("object")
_EXECUTIONS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/executions"))))
_RULINGS: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/sentences_of_death"))))
_CARRIED_OUT: Final = frozenset(surfaces(dict.fromkeys(entries("quantities/carried_out"))))
_CLAUSES: Final = frozenset(entries("quantities/clauses"))
_PARTS: Final = frozenset(entries("quantities/parts"))


def is_event(word: str) -> bool:
    """Whether the word tells the fate of the people counted after it."""
    return word in _BEFORE or word in _COUNTS or word in _NEXT or word in _CLOSE


def casualty(
    form: Sequence[str], first: int, last: int, sentence: range, *, whole: str | None, has_unit: bool
) -> str | None:
    """Return killed, wounded, displaced, detained or missing, people if a word excludes these, None if no word tells.

    Args:
        form: the document's tokens.
        first, last: the tokens of the quantity.
        sentence: the tokens of its sentence.
        whole: the category of the people counted before it, which is used if بينهم or منهم makes it a part of them.
        has_unit: whether a noun says whom it counts; then "the dead" farther away are other people.
    """
    after = _after(form, last + 1, sentence.stop)
    for distance, index in enumerate(range(first - 1, max(first - _MAX_BEFORE, sentence.start) - 1, -1)):
        word = form[index]
        if word in _BEFORE and not (after and distance >= _NEAR) and form[index + 1] not in _PRONOUNS:
            return PEOPLE if word in _EXECUTIONS and _is_ruling(form, index, sentence.start) else _BEFORE[word]
        if word in _COUNTS and not (after or (has_unit and distance >= _NEAR)):
            return _COUNTS[word]
        if distance == 0 and word in _NEXT:
            return _NEXT[word]
        if distance < _BESIDE and word in _CLOSE:
            return _CLOSE[word]
        if word in _VERBS and not _OBJECTS.isdisjoint(form[last + 1 : min(last + 1 + _MAX_TO_OBJECT, sentence.stop)]):
            return _KILLED
        if word in _CLAUSES:
            break
        if word in _PARTS:
            return after or whole
    return after


def event_phrase(form: Sequence[str], first: int, start: int) -> str | None:
    """Return the category told by the two words right before token `first`, or WHOLE; None if they tell none."""
    if first - 2 < start:
        return None
    phrase = _PHRASES.get((form[first - 2], form[first - 1]))
    # شخصا قتل وأصيب 15: the first verb has its own subject.
    is_taken = phrase == PEOPLE and first - 3 >= start and form[first - 3] in NOUNS
    return None if is_taken else phrase


def _is_ruling(form: Sequence[str], index: int, start: int) -> bool:
    """Whether the execution at token `index` is a court's ruling that has not been carried out."""
    is_ruled = not _RULINGS.isdisjoint(form[max(index - _MAX_TO_RULING, start) : index])
    return is_ruled and _CARRIED_OUT.isdisjoint(form[max(index - _MAX_TO_CARRIED_OUT, start) : index])


def _after(form: Sequence[str], first: int, end: int) -> str | None:
    for index in range(first, min(first + _MAX_AFTER, end)):
        word = form[index]
        if word in _AFTER:
            return _AFTER[word]
        if word in _CLAUSES or word in _BEFORE or word == "،" or "0" <= word < ":":
            return None
    return None
