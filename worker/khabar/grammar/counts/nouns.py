"""Nouns that numbers count, in all their forms, and guesses from the shape of unknown words."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from khabar.grammar.numbers.number_words import NUMBER_WORDS
from khabar.grammar.surface import spellings
from khabar.lexicons import entries
from khabar.lexicons.kept import kept

TIME: Final = "time"
OTHER: Final = "other"
PEOPLE: Final = "people"
PERCENT: Final = "percent"
MONEY: Final = "money"


class Noun(NamedTuple):
    """A form of a noun: its category, its grammatical number, and whether it is in the lexicon or only looks like a noun."""

    category: str
    number: str
    is_known: bool = True


def _masculine(noun: str, category: str, *, has_dual: bool) -> Iterator[tuple[str, Noun]]:
    yield noun, Noun(category, "singular")
    stem = noun[:-1] + "ي" if noun.endswith("ى") else noun
    if not noun.endswith(("ى", "اء")):
        yield noun + "ا", Noun(category, "singular")
    yield stem + "ان", Noun(category, "dual")
    if has_dual:
        yield stem + "ين", Noun(category, "dual")
        yield stem + "ي", Noun(category, "construct")
    yield stem + "ا", Noun(category, "construct")


def _feminine(noun: str, category: str) -> Iterator[tuple[str, Noun]]:
    yield noun, Noun(category, "singular")
    for ending, number in (("ين", "dual"), ("ان", "dual"), ("ي", "construct"), ("ا", "construct")):
        yield noun[:-1] + "ت" + ending, Noun(category, number)


def _forms(noun: str, plurals: Iterable[str], category: str) -> Iterator[tuple[str, Noun]]:
    for plural in plurals:
        yield plural, Noun(category, "plural")
    if noun.endswith("ة"):
        yield noun[:-1] + "ات", Noun(category, "plural")
        yield from _feminine(noun, category)
    else:
        yield from _masculine(noun, category, has_dual=True)


def _person(noun: str, category: str) -> Iterator[tuple[str, Noun]]:
    for ending in ("ين", "ون", "ات"):
        yield noun + ending, Noun(category, "plural")
    yield noun + "ي", Noun(category, "plural")
    yield noun + "ة", Noun(category, "singular")
    for form, kind in _masculine(noun, category, has_dual=False):
        if not (kind.number == "construct" and noun.endswith("ي")):  # سوريا, ليبيا
            yield form, kind


@cache
def _all_forms() -> tuple[tuple[str, Noun], ...]:
    return tuple(_written_out())


def _written_out() -> Iterator[tuple[str, Noun]]:
    for form in entries("quantities/time_units"):
        yield form, Noun(TIME, "plural")
    for line in entries("quantities/unit_symbols"):
        symbol, category = line.split("\t")
        yield symbol, Noun(category, "symbol")
    for name in ("units", "nouns"):
        for line in entries(f"quantities/{name}"):
            noun, plurals, category = line.split("\t")
            yield from _forms(noun, plurals.split(), category)
    for line in entries("quantities/persons"):
        yield from _person(*line.split("\t"))


def _lexicon(*numbers: str) -> dict[str, Noun]:
    """Return form -> noun for forms with these grammatical numbers; if two are spelled alike (بلدان), the first number wins."""
    forms = sorted(_all_forms(), key=lambda item: numbers.index(item[1].number) if item[1].number in numbers else -1)
    lexicon: dict[str, Noun] = {}
    same: dict[Noun, Noun] = {}  # one object for all that are equal
    for form, noun in forms:
        if noun.number in numbers:
            for spelling in spellings(form):
                if noun.category == TIME or spelling not in _FUNCTION_WORDS:
                    lexicon.setdefault(spelling, same.setdefault(noun, noun))
    return lexicon


def _lemmas() -> dict[str, str]:
    """Return form -> noun or symbol, for all forms of measures and currencies."""
    found = {line.split("\t")[0]: line.split("\t")[0] for line in entries("quantities/unit_symbols")}
    for line in entries("quantities/units"):
        noun, plurals, category = line.split("\t")
        for form, _ in _forms(noun, plurals.split(), category):
            for spelling in spellings(form):
                found.setdefault(spelling, noun)
    for form in ("درجة", "درجه", "درجات", "درجتان", "درجتين"):
        found[form] = "درجة"
    return found


def _nouns() -> tuple[dict[str, Noun], dict[str, Noun], dict[str, Noun]]:
    nouns = _lexicon("symbol", "plural", "singular", "dual")
    # Nouns for persons spelled like the plural of another noun: مشاهد is a spectator after 11 and more, scenes after 3 to 10.
    singular_persons = {
        form: noun
        for form, noun in _lexicon("singular").items()
        if noun.category == PEOPLE and nouns[form].number == "plural" and nouns[form].category != PEOPLE
    }
    # Duals that are not also forms of other nouns, and construct duals, many of which are; their context decides.
    duals = {
        form: noun
        for form, noun in _lexicon("dual", "construct").items()
        if noun.category != TIME
        and form not in NO_DUALS
        and (nouns.get(form, noun) == noun or (noun.number == "construct" and form.endswith("ا")))
    }
    return nouns, singular_persons, duals


_FUNCTION_WORDS: Final = frozenset(entries("function_words/ar"))
NO_DUALS: Final = frozenset(entries("quantities/not_duals"))
LEMMAS: Final = kept("lemmas", _lemmas)
NOUNS, SINGULAR_PERSONS, DUALS = kept("nouns", _nouns)
NO_NOUNS: Final = _FUNCTION_WORDS | frozenset(entries("quantities/uncounted"))
UNIT_PREFIXES: Final = frozenset(entries("quantities/unit_prefixes"))
NOUN_CLITICS: Final = frozenset("وفبكل")
PERSON_PLURALS: Final = ("ين", "ون")
MONTHS: Final = frozenset(form for month in entries("quantities/months") for form in spellings(month))
_LOOKALIKES: Final = frozenset(form for word in entries("quantities/clitic_lookalikes") for form in spellings(word))
_NO_PERSONS: Final = frozenset(entries("quantities/not_persons"))
_POSSESSIVES: Final = entries("quantities/possessives")
# A shorter word with the ending of a nisba is a noun of another pattern (حي, نادي).
_MIN_NISBA_CHARS: Final = 5
# Participles of the fifth, sixth and tenth form mean persons: متطوع, متظاهر, مستثمر.
_PARTICIPLES: Final = ("مت", "مست")
_PARTICIPLE_CHARS: Final = (5, 6)
_VERB_LETTERS: Final = frozenset("يت")
_TAFIL_CHARS: Final = 5
_NOUN_ENDINGS: Final = ("ا", "ة", "ات", "ه", "ين")


def noun_at(word: str, segments: str) -> Noun | None:
    """Return the indefinite noun that the word is or may be; None for function words, verbs and other words.

    Args:
        word: a token.
        segments: its segmentation, which shows whether its first letter is a proclitic (not in بطانية).
    """
    known = NOUNS.get(word)
    if known:
        return known
    if word in MONTHS:
        return Noun(TIME, "singular")
    if not ("ء" <= word < "٠") or len(word) < 3 or word in NO_NOUNS or word in NUMBER_WORDS or word in UNIT_PREFIXES:
        return Noun(OTHER, "prefix") if word in UNIT_PREFIXES else None
    if word not in _LOOKALIKES and (_has_clitic(word, segments) or _is_verb(word)):
        return None
    return Noun(OTHER, "singular", is_known=False)


def _has_clitic(word: str, segments: str) -> bool:
    if word.startswith(("ال", "لل")):
        return True
    if word[0] not in NOUN_CLITICS:
        return False
    if word[1:] in NOUNS:
        return True
    # A word with the ending of a counted noun is one, even if the engine cuts off its first letter: كرفانا.
    return (word[0] == "و" or not word.endswith(("ا", "ين"))) and segments.startswith(word[0] + "+")


def has_doubtful_beginning(word: str) -> bool:
    """Whether an unknown noun may begin with a proclitic or a verb's prefix; then its ending must fit its number."""
    return word not in _LOOKALIKES and (word[0] in NOUN_CLITICS or _is_tafil(word))


def _is_verb(word: str) -> bool:
    return word[0] in _VERB_LETTERS and not word.endswith(_NOUN_ENDINGS) and not _is_tafil(word)


def _is_tafil(word: str) -> bool:
    """Whether it is the verbal noun of a verb of the second form: تصويت, تدريب."""
    return len(word) == _TAFIL_CHARS and word[0] == "ت" and word[3] == "ي"


def definite_noun(word: str) -> Noun | None:
    """Return the noun of a word with article, also if the lexicon does not have it; None for other words."""
    if not word.startswith("ال") or len(word) < 5 or word in NUMBER_WORDS:
        return None
    known = NOUNS.get(word[2:])
    if known:
        return known
    number = "plural" if word.endswith(("ات", *PERSON_PLURALS)) else "singular"
    return Noun(PEOPLE if is_person_plural(word[2:]) else OTHER, number, is_known=False)


def possessed(word: str) -> tuple[Noun, int] | None:
    """Return (noun, number of proclitic characters) of a plural noun with a possessive suffix; None for other words."""
    for suffix in _POSSESSIVES:
        stem = word.removesuffix(suffix)
        for chars in (0, 1) if stem != word else ():
            noun = NOUNS.get(stem[chars:]) or NOUNS.get(_without_carrier(stem[chars:]))
            if noun and noun.number == "plural" and (not chars or word[0] in NOUN_CLITICS):
                return noun, chars
    return None


def _without_carrier(stem: str) -> str:
    """Restore the final hamza: زعمائ, from زعمائهم, becomes زعماء."""
    return stem[:-1] + "ء" if stem.endswith(("ائ", "اؤ")) else stem


def is_person_plural(word: str) -> bool:
    """Whether the word has the shape of a sound masculine plural, which only persons have."""
    return word.endswith(PERSON_PLURALS) and not is_no_person(word)


def is_person_singular(word: str) -> bool:
    """Whether the word has the shape of a person counted by 11 or more: a nisba (ليبيا), a participle (مترشحا, مستثمرة)."""
    if is_no_person(word):
        return False
    if len(word) >= _MIN_NISBA_CHARS and word.endswith(("يا", "ي")):
        return True
    stem = word.removesuffix("ا").removesuffix("ة")
    return stem.startswith(_PARTICIPLES) and len(stem) in _PARTICIPLE_CHARS and stem[-1] not in "ةىياه"


def is_no_person(word: str) -> bool:
    """Whether the word only looks like a noun for persons (قوانين, ناديا)."""
    return word in _NO_PERSONS
