"""Names of persons that look like expressions of time: محمد الخميس, عبد الله الجمعة, رمضان صبحي."""

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
# Given names that are never used as the only name of a person in the news, unlike صالح and عباس, also family names.
_FIRST_NAMES: Final = _forms(entries("temporal/first_names"))
_SERVANT: Final = "عبد"
# Words before rulers, who are called by their given name, so that a weekday after it is a day: استقبل الملك سلمان الخميس.
_SOVEREIGNS: Final = _forms(entries("temporal/sovereigns"), with_article=True)
# After these titles, a family name follows the given name: الدكتور صالح الخميس.
_TITLES: Final = _forms(entries("temporal/titles"), with_article=True)
# After these links, a given name is a later part of a person's name: محمد بن سلمان الخميس.
_LINKS: Final = frozenset(entries("temporal/name_links"))
# Names that may follow a given name which is also a month's name.
PERSON_NAMES: Final = words("surnames") | _GIVEN_NAMES


def is_surname(reader: Reader, index: int) -> bool:
    """Whether a weekday's name at a token is a family name: right after the given name that begins a person's name."""
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
