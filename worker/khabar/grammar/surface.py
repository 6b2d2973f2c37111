"""Surface forms: a lexicon's entries as they stand in text, with proclitics, the article and spelling variants.

Everything is written out once at start, so that a token costs one dictionary lookup.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")

CONJUNCTIONS: Final = ("", "و", "ف")
PREPOSITIONS: Final = ("", "ب", "ل", "ك")

_HAMZA: Final = str.maketrans("أإآ", "ااا")


class Surface(NamedTuple, Generic[Value]):
    """One form of an entry.

    Attributes:
        value: what the lexicon says of the entry.
        proclitic: the letters before the span of the word: 'و', 'ب', 'ول', ...; the article is not among them.
        is_definite: whether the article is written.
    """

    value: Value
    proclitic: str
    is_definite: bool


def surfaces(
    entries: Mapping[str, Value],
    *,
    conjunctions: Iterable[str] = CONJUNCTIONS,
    prepositions: Iterable[str] = PREPOSITIONS,
    with_article: bool = True,
) -> dict[str, Surface[Value]]:
    """Write the entries out.

    Args:
        entries: normalized word without article -> its value.
        conjunctions, prepositions: the proclitics to put before it, '' for none.
        with_article: whether ال may stand before it.

    Returns:
        Surface form -> its reading. Entries as given win over forms that are derived, and the shorter proclitic over
        the longer, so an entry that begins with و is not read as a conjunction.
    """
    clitics = sorted((c + p for c in conjunctions for p in prepositions), key=len)
    found: dict[str, Surface[Value]] = {}
    as_given = [(value, (word,)) for word, value in entries.items()]
    otherwise = [(value, other) for word, value in entries.items() if (other := tuple(spellings(word))[1:])]
    for spelled in (as_given, otherwise):
        for clitic in clitics:
            for value, forms in spelled:
                plain, definite = (
                    Surface(value, clitic, is_definite=False),
                    None,
                )  # made where kept: it is half a second
                for form in forms:
                    if (whole := clitic + form) not in found:
                        found[whole] = plain
                    if with_article and (whole := _with_article(clitic, form)) not in found:
                        definite = definite or plain._replace(is_definite=True)
                        found[whole] = definite
    return found


def spellings(word: str) -> Iterator[str]:
    """Yield the word as it is, then as written with care and without: hamza on alif left out, ة as ه, final ي as ى and ى as ي."""
    for form in dict.fromkeys((word, word.translate(_HAMZA))):
        yield form
        if form.endswith("ة"):
            yield form[:-1] + "ه"
        elif form.endswith("ي"):
            yield form[:-1] + "ى"
        elif form.endswith("ى"):
            yield form[:-1] + "ي"


def _with_article(clitic: str, word: str) -> str:
    """Join proclitic, article and word: ل + ال + يوم is لليوم, and three lams are written as two."""
    if not clitic.endswith("ل"):
        return clitic + "ال" + word
    return clitic + word if word.startswith("ل") else clitic + "ل" + word
