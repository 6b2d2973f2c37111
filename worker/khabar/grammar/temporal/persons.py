"""Names of persons that look like times: محمد الخميس, عبد الله الجمعة, رمضان صبحي."""

from collections.abc import Iterable
from typing import Final

from khabar.grammar.surface import surfaces
from khabar.grammar.temporal.phrases import words
from khabar.grammar.temporal.reader import Reader
from khabar.lexicons import entries
from khabar.lexicons.kept import kept


def _forms(names: Iterable[str], *, with_article: bool = False) -> frozenset[str]:
    """Return the names in every spelling, with proclitics."""
    return frozenset(surfaces(dict.fromkeys(names, True), with_article=with_article))


_GIVEN_NAMES: Final = kept("given_names", lambda: _forms(entries("origin/given_names")))
# Given names by which alone the press calls nobody; صالح and عباس are as often the family name of a person in the news.
_FIRST_NAMES: Final = _forms(entries("temporal/first_names"))
_SERVANT: Final = "عبد"
# Who goes by the given name alone, so that a weekday behind it is a day: استقبل الملك سلمان الخميس.
_SOVEREIGNS: Final = _forms(entries("temporal/sovereigns"), with_article=True)
# After these a given name is not all: الدكتور صالح الخميس.
_TITLES: Final = _forms(entries("temporal/titles"), with_article=True)
# Before a given name these tell that it is a later part of a name: محمد بن سلمان الخميس.
_LINKS: Final = frozenset(entries("temporal/name_links"))
# What follows a given name that is a month's, too.
PERSON_NAMES: Final = words("surnames") | _GIVEN_NAMES


def is_surname(reader: Reader, index: int) -> bool:
    """Whether a weekday's name at a token is a family name: right behind a given name that begins the person's name."""
    name, first = reader.at(index - 1), index - 1
    is_servant = name.startswith(_SERVANT) and name != _SERVANT
    if reader.at(index - 2) == _SERVANT:
        is_servant, first = True, index - 2
    if not is_servant and name not in _GIVEN_NAMES and name not in _FIRST_NAMES:
        return False
    before = reader.at(first - 1)
    if before in _TITLES:
        return True
    is_first = is_servant or name in _FIRST_NAMES
    return is_first and before not in _LINKS and before not in _GIVEN_NAMES and before not in _SOVEREIGNS
