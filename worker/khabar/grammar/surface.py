"""Surface forms: a lexicon's entries as they occur in text, with proclitics, the article and spelling variants.

All forms are generated once at start, so that a token costs one dictionary lookup.
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
        value: the entry's value in the lexicon.
        proclitic: the letters before the word: 'و', 'ب', 'ول', ...; the article is not one of them.
        is_definite: whether it has the article.
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
    """Generate all forms of the entries.

    Args:
        entries: normalized word without article -> its value.
        conjunctions, prepositions: the proclitics that it may have; '' means none.
        with_article: whether it may have the article ال.

    Returns:
        Form -> its reading. If two entries have the same form, an entry's own spelling wins over a variant, and a shorter
        proclitic over a longer one. So an entry that begins with و is not read as a conjunction and another word.
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
                )  # made only where needed, which saves half a second
                for form in forms:
                    if (whole := clitic + form) not in found:
                        found[whole] = plain
                    if with_article and (whole := _with_article(clitic, form)) not in found:
                        definite = definite or plain._replace(is_definite=True)
                        found[whole] = definite
    return found


def spellings(word: str) -> Iterator[str]:
    """Yield the word, then its spelling variants: without hamza on alif, ه for ة, and ى and ي exchanged at its end."""
    for form in dict.fromkeys((word, word.translate(_HAMZA))):
        yield form
        if form.endswith("ة"):
            yield form[:-1] + "ه"
        elif form.endswith("ي"):
            yield form[:-1] + "ى"
        elif form.endswith("ى"):
            yield form[:-1] + "ي"


def _with_article(clitic: str, word: str) -> str:
    """Join proclitic, article and word: ل + ال + يوم becomes لليوم; three lams are written as two."""
    if not clitic.endswith("ل"):
        return clitic + "ال" + word
    return clitic + word if word.startswith("ل") else clitic + "ل" + word
