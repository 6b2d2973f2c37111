"""The names in credits: places, agencies, newspapers, desks. `longest_name` finds the longest one that begins at a token."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from khabar.grammar.folding import fold
from khabar.lexicons import entries
from khabar.lexicons.kept import kept

_MAX_TOKENS: Final = 10  # in a name; أ. ف. ب. has 6


class Kind(Enum):
    """The kind of a part of a credit."""

    PLACE = "place"
    AGENCY = "agency"
    OUTLET = "outlet"
    DESK = "desk"
    DATE = "date"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Known:
    """A name in a lexicon.

    Attributes:
        kind: its kind; NAME only for parts of credits that no lexicon has.
        agency: canonical name of an agency; '' for every other kind.
        maybe_place: whether it is also a place (قنا, المدينة).
        is_joined: whether it is a place after و (جدة والرياض).
    """

    kind: Kind
    agency: str = ""
    maybe_place: bool = False
    is_joined: bool = False


def folded(lexicon: str) -> frozenset[str]:
    """Return the entries of a lexicon, folded."""
    return frozenset(map(fold, entries(lexicon)))


def _key(name: str) -> str:
    return " ".join(fold(name).replace(".", " ").replace("-", " - ").split())


def _lexicon() -> dict[str, Known]:
    """Return key -> name. If several lexicons have the same name, an agency wins over an outlet, and an outlet over a place."""
    places = [_key(name) for name in (*entries("origin/places_arab"), *entries("origin/places_world"))]
    place = Known(Kind.PLACE)
    known = dict.fromkeys(("و" + key for key in places), Known(Kind.PLACE, is_joined=True))
    known |= dict.fromkeys((key.replace(" ", "") for key in places), place)  # أبوظبي
    known |= dict.fromkeys(places, place)
    known |= {_key(name): Known(Kind.DESK) for name in entries("origin/desks")}
    for line in entries("origin/outlets"):
        outlet, *columns = line.split("\t")
        known[_key(outlet)] = Known(Kind.OUTLET, maybe_place="place" in columns)
    for line in entries("origin/agencies"):
        agency, *others = line.split("\t")
        for key in map(_key, (agency, *others)):
            known[key] = Known(Kind.AGENCY, agency, maybe_place=key in places)
    return known


def _beginnings(keys: Iterable[str]) -> frozenset[str]:
    """Return the first word of each key, its first two words, and so on."""
    found: set[str] = set()
    for key in keys:
        words = key.split(" ")
        found.update(" ".join(words[:count]) for count in range(1, len(words) + 1))
    return frozenset(found)


_KNOWN: Final = kept("credit_names", _lexicon)
_BEGINNINGS: Final = kept("credit_beginnings", lambda: _beginnings(_KNOWN))
HEADS: Final = folded("origin/heads")
DATE_WORDS: Final = folded("origin/date_words")
_GIVEN_NAMES: Final = folded("origin/given_names")


def longest_name(form: Sequence[str], index: int, last: int) -> tuple[Known, int] | None:
    """Return the longest name of the lexicons that begins at token `index` and ends before `last`.

    Returns:
        The name and the index of the token after it; None if no name begins there.
    """
    best = None
    key = ""
    for end in range(index, min(index + _MAX_TOKENS, last)):
        token = form[end]
        if token == ".":  # noqa: S105
            if best and best[1] == end and len(form[end - 1]) == 1:
                best = best[0], end + 1  # the stop after the last letter of أ. ف. ب.
            continue
        key = f"{key} {fold(token)}" if key else fold(token)
        if key not in _BEGINNINGS:
            break
        known = _KNOWN.get(key)
        if known:
            best = known, end + 1
    return best


def is_given_name(word: str) -> bool:
    """Whether a person's name may begin with the word: a given name, also with عبد (محمد, عبدالله)."""
    folded_word = fold(word)
    return folded_word in _GIVEN_NAMES or folded_word.startswith("عبدال")
