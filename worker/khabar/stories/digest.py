"""Digests, by which articles are compared: columns of numbers, each of a fixed width."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.messages.record import Record
from khabar.stories.columns import NUMBER, WEIGHED, WIDTHS
from khabar.stories.sketch import decode
from khabar.stories.terms import Rarity, code, name_codes, place_code, word_codes

Codes = NDArray[np.uint32]
Values = NDArray[np.float32]

_LEAD_CHARS: Final = 2000  # of the body, about 300 words; they tell the event
_FIRST_WORDS: Final = 35  # of the body: its first sentence or two
_TITLE_COUNTS: Final = 2  # as often as a word of the body
_SMALL_NUMBER: Final = 4  # counts below tell nothing
_CASUALTIES: Final = ("killed", "wounded", "missing", "detained")
_DAY_LENGTH: Final = 10  # YYYY-MM-DD
_MOST_TIMES: Final = 255  # that a word is counted
_LOGS: Final = np.array([0.0, *(1 + log(times) for times in range(1, _MOST_TIMES + 1))], np.float32)


@dataclass(frozen=True, slots=True)
class Digest:
    """An article as it is compared.

    Attributes:
        day: when it was published, in days since 1970; None where nothing says so.
        outlet: code of its source; 0 where that is unknown.
        dateline: code of its dateline's place; 0 without one.
        codes: the terms of all columns, one column after the other, each ascending.
        lengths: how many of them each column has, at most WIDTHS of it.
        weights: of the weighed columns' terms, what each tells.
    """

    day: float | None
    outlet: int
    dateline: int
    codes: Codes
    lengths: tuple[int, ...]
    weights: Values

    def column(self, name: str) -> Codes:
        """Return the codes of a column."""
        return self.codes[self._slice(name)]

    def told(self, name: str) -> Values:
        """Return what the terms of a weighed column tell."""
        place, unweighed = self._slice(name), self._slice(WEIGHED[0]).start
        return self.weights[place.start - unweighed : place.stop - unweighed]

    def _slice(self, name: str) -> slice:
        number = NUMBER[name]
        begin = sum(self.lengths[:number])
        return slice(begin, begin + self.lengths[number])


def digest(record: Record, rarity: Rarity) -> Digest:
    """Return what of a record counts; layers that it does not have count as empty."""
    article = record.article
    title = word_codes(article.title or "")
    begin = len(article.title or "")
    body = word_codes(record.text[begin : begin + _LEAD_CHARS])
    counts = Counter(body)
    for word in title:
        counts[word] += _TITLE_COUNTS
    entities = [entity for entity in record.entities or () if entity.role == "story"]
    names = {part for entity in entities if entity.type != "LOC" for part in name_codes(entity.key)}
    places = {place_code(entity.key) for entity in entities if entity.type == "LOC"}
    figures = [
        f"{figure.category}:{figure.value:g}"
        for figure in record.quantities or ()
        if figure.value is not None and (figure.value >= _SMALL_NUMBER or figure.category in _CASUALTIES)
    ]
    days = [each.value[:_DAY_LENGTH] for each in record.temporal or () if each.value and _is_day(each.value)]
    all_words, all_names, all_places = (_ascending(each) for each in (counts, names, places))
    told = rarity.of(np.concatenate([all_words, all_names, all_places]))
    named = len(all_words) + len(all_names)
    words_told, names_told, places_told = told[: len(all_words)], told[len(all_words) : named], told[named:]
    weighed = [
        _heaviest(all_words, words_told * _weights(counts, all_words), WIDTHS["words"]),
        _some(Counter(title + body[:_FIRST_WORDS]), all_words, words_told, WIDTHS["lead"]),
        _some(Counter(title), all_words, words_told, WIDTHS["title"]),
        _heaviest(all_names, names_told, WIDTHS["names"]),
        _heaviest(all_places, places_told, WIDTHS["places"]),
    ]
    columns = [
        decode(record.fingerprint),
        *(codes for codes, _ in weighed),
        _plain(figures, WIDTHS["figures"]),
        _plain(days, WIDTHS["days"]),
    ]
    at = article.published_at or article.scraped_at
    dateline = record.origin.dateline.place if record.origin and record.origin.dateline else ""
    return Digest(
        day=day_of(at) if at else None,
        outlet=code(article.source) if article.source else 0,
        dateline=code(dateline) if dateline else 0,
        codes=np.concatenate(columns),
        lengths=tuple(map(len, columns)),
        weights=np.concatenate([values for _, values in weighed]),
    )


def _ascending(codes: Collection[int]) -> Codes:
    found = np.fromiter(codes, np.uint32, len(codes))
    found.sort()
    return found


def _weights(counts: Mapping[int, int], codes: Codes) -> Values:
    """Return the logarithm of how often each term stands here, and one."""
    times = np.fromiter(map(counts.__getitem__, codes.tolist()), np.intp, len(codes))
    return _LOGS[np.minimum(times, _MOST_TIMES)]


def _some(counts: Mapping[int, int], codes: Codes, told: Values, most: int) -> tuple[Codes, Values]:
    """Return the heaviest of some of the words, which are all among the codes."""
    some = _ascending(counts)
    return _heaviest(some, told[np.searchsorted(codes, some)] * _weights(counts, some), most)


def _heaviest(codes: Codes, values: Values, most: int) -> tuple[Codes, Values]:
    """Return the terms that tell most, ascending."""
    if len(codes) > most:
        kept = np.sort(np.argsort(-values, kind="stable")[:most])
        return codes[kept], values[kept]
    return codes, values


def _plain(terms: Iterable[str], most: int) -> Codes:
    return _ascending({code(term) for term in islice(dict.fromkeys(terms), most)})


def _is_day(value: str) -> bool:
    return len(value) >= _DAY_LENGTH and value[4:5] == "-" and value[7:8] == "-" and value[8:10].isdigit()


def day_of(moment: datetime) -> float:
    """Return a time in days since 1970; one without a zone is taken for UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86400
