"""Nouns for speakers, such as minister, ministry, statement or sources: class, gender and number of a segmented word."""

from functools import lru_cache
from typing import Final, Literal, NamedTuple

from khabar.grammar.folding import fold
from khabar.lexicons import entries

Class = Literal["person", "any", "people", "body", "document", "anonymous", "scripture"]
Gender = Literal["m", "f"]

_PROCLITICS: Final = frozenset("وفبلك")
_ARTICLE: Final = "ال"
_PRONOUNS: Final = frozenset(("ه", "ها", "هم", "هما", "هن", "نا", "ي", "ك"))
_SINGULAR: Final = frozenset(("person", "any"))
_CONSTRUCT: Final = "ي"
_FEMININE: Final = ("ة", "ات", "ه")


class Noun(NamedTuple):
    """The properties of a noun for speakers.

    Attributes:
        kind: person, any (a general word for a person), people, body (an organisation), document, anonymous or scripture.
        lemma: the lexicon's entry, folded; synonyms have the same lemma.
        gender: grammatical gender.
        is_plural: whether it means several people, also two.
    """

    kind: Class
    lemma: str
    gender: Gender
    is_plural: bool


class Cut(NamedTuple):
    """A word, cut into its parts.

    Attributes:
        proclitic: letters before the article or the stem.
        is_definite: whether it has the article or a pronoun.
        stem: the folded word without proclitics, article and pronoun.
        ending: the pronoun; "" if it has none.
    """

    proclitic: str
    is_definite: bool
    stem: str
    ending: str


def _lemmas() -> dict[str, str]:
    return {fold(word): fold(words.split()[0]) for words in entries("reference/same") for word in words.split()}


_SAME: Final = _lemmas()


def _write_out() -> dict[str, Noun]:
    found: dict[str, Noun] = {}
    rows = [line.split("\t") for line in entries("reference/heads")]
    for word, kind in rows:
        lemma = _SAME.get(fold(word), fold(word))
        gender: Gender = "f" if word.endswith(_FEMININE) else "m"
        found[fold(word)] = Noun(kind, lemma, gender, kind == "people")  # type: ignore[arg-type]
    for word, kind in rows:
        if kind not in _SINGULAR or word.endswith("ة"):
            continue
        stem, lemma = fold(word), _SAME.get(fold(word), fold(word))
        found.setdefault(stem + "ه", Noun(kind, lemma, "f", is_plural=False))  # type: ignore[arg-type]
        for ending in ("ون", "ين", "ان", "ات", "و"):
            found.setdefault(stem + ending, Noun("people", lemma, "f" if ending == "ات" else "m", is_plural=True))
    return found


_NOUNS: Final = _write_out()


@lru_cache(maxsize=32768)
def cut(segments: str) -> Cut:
    """Cut a segmented word into proclitics, article, stem and pronoun."""
    parts = segments.split("+")
    proclitic, is_definite = "", False
    while len(parts) > 1 and parts[0] in _PROCLITICS:
        proclitic += parts.pop(0)
    if len(parts) > 1 and parts[0] == _ARTICLE:
        is_definite = bool(parts.pop(0))
    ending = ""
    if len(parts) > 1 and parts[-1] in _PRONOUNS and not is_definite:
        ending = parts.pop()
    stem = fold("".join(parts))
    if ending and stem.endswith("ت"):
        stem = stem[:-1] + "ه"
    return Cut(proclitic, is_definite or bool(ending), stem, ending)


def noun(segments: str) -> Noun | None:
    """Return the noun that a segmented word is as the head of a phrase; None if it is not a noun for speakers."""
    word = cut(segments)
    if word.ending == _CONSTRUCT:  # مستخدمي فيسبوك, but محامي الوزير
        whole = _NOUNS.get(word.stem + word.ending)
        known = whole or _NOUNS.get(word.stem)
        return (
            known
            if whole or known is None or known.kind not in _SINGULAR
            else known._replace(kind="people", is_plural=True)
        )
    return _NOUNS.get(word.stem) or _NOUNS.get(word.stem + word.ending)


def lemma(word: str) -> str:
    """Return the lemma that a folded noun without article shares with its synonyms."""
    known = _NOUNS.get(word)
    return known.lemma if known else _SAME.get(word, word)
