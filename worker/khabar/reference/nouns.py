"""Nouns that can speak: what a word says of a phrase that it heads, found by the word's segmentation."""

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
    """What a noun says of who is called so.

    Attributes:
        kind: person, any (a person, by a word that fits many), people, body, document, anonymous or scripture.
        lemma: the lexicon's entry, folded; one for all words of a set of synonyms.
        gender: grammatical. is_plural: of people, dual included.
    """

    kind: Class
    lemma: str
    gender: Gender
    is_plural: bool


class Cut(NamedTuple):
    """A word without what is joined to it.

    Attributes:
        proclitic: letters before the article or the stem. is_definite: whether the article or a pronoun is there.
        stem: folded, without pronoun. ending: the pronoun.
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
    """Return a segmented word without proclitics, article and pronoun."""
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
    """Return what a segmented word says as the head of a phrase, None where it is no noun that can speak."""
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
    """Return what a folded noun without article has in common with its synonyms."""
    known = _NOUNS.get(word)
    return known.lemma if known else _SAME.get(word, word)
