"""Phrases of a lexicon, of one word or several, found by their first word with one dictionary lookup."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from khabar.grammar.folding import fold
from khabar.grammar.surface import CONJUNCTIONS, PREPOSITIONS, surfaces
from khabar.lexicons import entries

Value = TypeVar("Value")

_Reading = tuple[tuple[str, ...], Value]  # the words after the first, and the value

_ARTICLE: Final = "ال"


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """A phrase found in the text: its value, its last token, and the proclitics of its first token."""

    value: Value
    last: int
    proclitic: str


class Phrases(Generic[Value]):
    """Phrase -> value. An entry that begins with the article is only found with it, another entry only without."""

    def __init__(
        self,
        values: Mapping[str, Value],
        *,
        conjunctions: Iterable[str] = CONJUNCTIONS,
        prepositions: Iterable[str] = PREPOSITIONS,
        without: Iterable[str] = (),
    ) -> None:
        """Generate the forms of the first words with these proclitics, except the forms in `without`, which are other words."""
        tails: dict[str, list[tuple[bool, tuple[str, ...], Value]]] = {}
        for phrase, value in values.items():
            head, *tail = phrase.split()
            is_definite = head.startswith(_ARTICLE)
            word = head.removeprefix(_ARTICLE) if is_definite else head
            tails.setdefault(word, []).append((is_definite, tuple(map(fold, tail)), value))
        lookalikes = frozenset(without)
        forms = surfaces(tails, conjunctions=conjunctions, prepositions=prepositions)
        self._heads: dict[str, tuple[str, list[_Reading[Value]]]] = {}
        for form, surface in forms.items():
            readings = [(tail, value) for definite, tail, value in surface.value if definite == surface.is_definite]
            if readings and form not in lookalikes:
                self._heads[form] = surface.proclitic, sorted(readings, key=_is_longer)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the forms with which a phrase can begin."""
        return iter(self._heads)

    def match(self, at: Callable[[int], str], index: int) -> Match[Value] | None:
        """Return the longest phrase that begins at token `index`; None if none does; `at` returns a token by its index."""
        head = self._heads.get(at(index))
        if head is None:
            return None
        proclitic, readings = head
        following = fold(at(index + 1)) if readings[0][0] else ""
        for tail, value in readings:
            if not tail or (
                tail[0] == following and all(fold(at(index + 1 + n)) == tail[n] for n in range(1, len(tail)))
            ):
                return Match(value, index + len(tail), proclitic)
        return None


def _is_longer(reading: tuple[tuple[str, ...], object]) -> int:
    return -len(reading[0])


def columns(name: str) -> dict[str, str]:
    """Return a lexicon with two columns in `khabar/lexicons/temporal` as a dict."""
    return dict(line.split("\t") for line in entries(f"temporal/{name}"))


def words(name: str) -> frozenset[str]:
    """Return the folded words of a lexicon with one column in `khabar/lexicons/temporal`."""
    return frozenset(map(fold, entries(f"temporal/{name}")))
