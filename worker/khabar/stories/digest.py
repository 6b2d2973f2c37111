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
from khabar.stories.sketch import FULL, decode
from khabar.stories.terms import Rarity, code, name_codes, place_code, word_codes

Codes = NDArray[np.uint32]
Values = NDArray[np.float32]

WIDTHS: Final = {
    "sketch": FULL,
    "words": 48,
    "lead": 24,
    "title": 12,
    "names": 20,
    "places": 8,
    "figures": 16,
    "days": 6,
}
# Their terms differ in how much they tell.
WEIGHED: Final = ("words", "lead", "title", "names", "places")
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
        codes: column -> its terms' codes, ascending, at most WIDTHS of them.
        weights: weighed column -> what each tells.
    """

    day: float | None
    outlet: int
    dateline: int
    codes: Mapping[str, Codes]
    weights: Mapping[str, Values]


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
    columns = {
        "sketch": (decode(record.fingerprint), None),
        "words": _heaviest(all_words, words_told * _weights(counts, all_words), WIDTHS["words"]),
        "lead": _some(Counter(title + body[:_FIRST_WORDS]), all_words, words_told, WIDTHS["lead"]),
        "title": _some(Counter(title), all_words, words_told, WIDTHS["title"]),
        "names": _heaviest(all_names, names_told, WIDTHS["names"]),
        "places": _heaviest(all_places, places_told, WIDTHS["places"]),
        "figures": _plain(figures, WIDTHS["figures"]),
        "days": _plain(days, WIDTHS["days"]),
    }
    at = article.published_at or article.scraped_at
    dateline = record.origin.dateline.place if record.origin and record.origin.dateline else ""
    return Digest(
        day=day_of(at) if at else None,
        outlet=code(article.source) if article.source else 0,
        dateline=code(dateline) if dateline else 0,
        codes={name: codes for name, (codes, _) in columns.items()},
        weights={name: values for name, (_, values) in columns.items() if values is not None},
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


def _plain(terms: Iterable[str], most: int) -> tuple[Codes, None]:
    return _ascending({code(term) for term in islice(dict.fromkeys(terms), most)}), None


def _is_day(value: str) -> bool:
    return len(value) >= _DAY_LENGTH and value[4:5] == "-" and value[7:8] == "-" and value[8:10].isdigit()


def day_of(moment: datetime) -> float:
    """Return a time in days since 1970; one without a zone is taken for UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86400
