"""Codes of currencies in ISO 4217, from the noun, from an adjective after it, or from the article's country."""

import re
from collections.abc import Mapping
from typing import Final

from khabar.grammar.counts.counted import Unit
from khabar.grammar.counts.countries import NATIONALITIES, country_of_money
from khabar.grammar.counts.measures import lemma_of
from khabar.lexicons import entries
from khabar.text.document import Document


def _codes() -> dict[str, str | None]:
    rows = (line.partition("\t") for line in entries("quantities/currencies"))
    return {name: code or None for name, _, code in rows}


def _by_country() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in entries("quantities/currency_countries"):
        name, country, code = line.split("\t")
        found.setdefault(name, {})[country] = code
    return found


_CODES: Final = _codes()
_BY_COUNTRY: Final = _by_country()
_MILLIMES: Final = re.compile(r"\d{1,3},\d{3}")
_MILLIMES_A_DINAR: Final = 1000
_MARKS: Final = frozenset('"»”)')


def currency_of(document: Document, unit: Unit) -> str | None:
    """Return the currency of an amount; None if several countries use its name and nothing decides between them.

    Args:
        document: has tokens and sentences.
        unit: the currency as written beside the number.
    """
    form = document.tokens.form
    name = " ".join(form[unit.first : unit.last + 1])
    if name not in _CODES:
        name = lemma_of(form[unit.first]) or name
    if name not in _CODES:
        return None
    codes = _BY_COUNTRY.get(name)
    if codes is None:
        return _CODES[name]
    if countries := _adjective(form, unit.last):
        return next((codes[country] for country in countries if country in codes), None)
    return _CODES[name] or _of_document(document, unit, name, codes)


def _adjective(form: list[str], last: int) -> tuple[str, ...]:
    """Return the countries whose adjective follows token `last`; one closing mark may come in between."""
    index = last + 1
    if index < len(form) and form[index] in _MARKS:
        index += 1
    return NATIONALITIES.get(form[index], ()) if index < len(form) else ()


def _of_document(document: Document, unit: Unit, name: str, codes: Mapping[str, str]) -> str | None:
    """Return the code by the currency's full name elsewhere in the document, otherwise by the country it is about."""
    named = document.once(_named_in_full).get(name, set()) & codes.keys()
    if len(named) == 1:
        return codes[next(iter(named))]
    if named:
        return None
    country = country_of_money(document, codes.keys(), unit.first)
    return codes[country] if country else None


def _named_in_full(document: Document) -> dict[str, set[str]]:
    """Return name -> countries for shared currencies that have an adjective somewhere in the document: الدينار الكويتي."""
    form = document.tokens.form
    found: dict[str, set[str]] = {}
    for index in range(1, len(form)):
        if countries := NATIONALITIES.get(form[index]):
            name = lemma_of(form[index - 1])
            if name in _BY_COUNTRY:
                found.setdefault(name, set()).update(countries)
    return found


def in_millimes(currency: str | None, form: str, value: float | None) -> float | None:
    """Return the value of an amount in the Tunisian way of writing: in 18,096 دينارا the comma is before the millimes."""
    if value is None or currency != "TND" or not _MILLIMES.fullmatch(form):
        return value
    return value / _MILLIMES_A_DINAR
