"""The country that an outlet writes for. A newspaper names towns of its own country without saying where they are."""

from typing import Final
from urllib.parse import urlsplit

from khabar.entities.spelling import fold
from khabar.lexicons import entries
from khabar.messages.article import Article


def _outlets() -> dict[str, str]:
    rows = (line.split("\t") for line in entries("entities/outlet_countries"))
    return {_key(name): country for country, names in rows for name in names.split("|")}


def _key(name: str) -> str:
    return fold("".join(name.split()))


_COUNTRIES: Final = _outlets()
_ARAB: Final = frozenset(entries("entities/arab_countries"))


def outlet_country(article: Article) -> str | None:
    """Return the ISO code of the country that the article's outlet writes for.

    The article's address is tried first: a site in the lexicon, then the top-level domain of an Arab country. The source's name
    comes last. International outlets have no country.
    """
    host = _host(article.url)
    site = host.removeprefix("www.")
    while site:
        if site in _COUNTRIES:
            return _COUNTRIES[site]
        _, _, site = site.partition(".")
    ending = host.rpartition(".")[2].upper()
    if ending in _ARAB:
        return ending
    return _COUNTRIES.get(_key(article.source)) if article.source else None


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""
