"""What is remembered of an article to compare it by: columns of numbers, each of a fixed width."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khabar.messages.record import Record
from khabar.stories.sketch import FULL, decode
from khabar.stories.terms import Rarity, code, name_terms, words

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
_LEAD_CHARS: Final = 2000  # of the body, some 300 words; the event is told by then
_FIRST_WORDS: Final = 35  # of the body: its first sentence or two
_TITLE_COUNTS: Final = 2  # as often as a word of the body
_SMALL_NUMBER: Final = 4  # counts below tell nothing
_CASUALTIES: Final = ("killed", "wounded", "missing", "detained")
_DAY_LENGTH: Final = 10  # YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class Digest:
    """An article as it is compared.

    Attributes:
        day: when it was published, in days since 1970; None where nothing says so.
        outlet: code of its source; 0 where that is unknown.
        dateline: code of its dateline's place; 0 without one.
        codes: column -> its terms' codes, ascending, at most WIDTHS of them.
        weights: the same -> what each tells.
    """

    day: float | None
    outlet: int
    dateline: int
    codes: Mapping[str, Codes]
    weights: Mapping[str, Values]


def digest(record: Record, rarity: Rarity) -> Digest:
    """Return what of a record counts; layers that it does not have count as empty."""
    article = record.article
    title = words(article.title or "")
    begin = len(article.title or "")
    body = words(record.text[begin : begin + _LEAD_CHARS])
    counts = Counter(body)
    for word in title:
        counts[word] += _TITLE_COUNTS
    entities = [entity for entity in record.entities or () if entity.role == "story"]
    names = [term for entity in entities if entity.type != "LOC" for term in name_terms(entity.key)]
    places = ["@" + entity.key for entity in entities if entity.type == "LOC"]
    figures = [
        f"{figure.category}:{figure.value:g}"
        for figure in record.quantities or ()
        if figure.value is not None and (figure.value >= _SMALL_NUMBER or figure.category in _CASUALTIES)
    ]
    days = [each.value[:_DAY_LENGTH] for each in record.temporal or () if each.value and _is_day(each.value)]
    columns = {
        "sketch": (decode(record.fingerprint), None),
        "words": _weighed(counts, rarity, WIDTHS["words"]),
        "lead": _weighed(Counter(title + body[:_FIRST_WORDS]), rarity, WIDTHS["lead"]),
        "title": _weighed(Counter(title), rarity, WIDTHS["title"]),
        "names": _weighed(Counter(set(names)), rarity, WIDTHS["names"]),
        "places": _weighed(Counter(set(places)), rarity, WIDTHS["places"]),
        "figures": _plain(figures, WIDTHS["figures"]),
        "days": _plain(days, WIDTHS["days"]),
    }
    ones = np.ones(max(WIDTHS.values()), np.float32)
    at = article.published_at or article.scraped_at
    dateline = record.origin.dateline.place if record.origin and record.origin.dateline else ""
    return Digest(
        day=day_of(at) if at else None,
        outlet=code(article.source) if article.source else 0,
        dateline=code(dateline) if dateline else 0,
        codes={name: codes for name, (codes, _) in columns.items()},
        weights={name: ones[: len(codes)] if values is None else values for name, (codes, values) in columns.items()},
    )


def _weighed(counts: Mapping[str, int], rarity: Rarity, most: int) -> tuple[Codes, Values]:
    """Return the terms that tell most, by the logarithm of how often they stand here times their rarity."""
    tally = {code(term): times for term, times in counts.items()}
    codes = np.array(sorted(tally), np.uint32)
    times = np.array([1 + log(tally[each]) for each in codes.tolist()], np.float32)
    values = times * rarity.of(codes)
    if len(codes) > most:
        kept = np.sort(np.argsort(-values, kind="stable")[:most])
        codes, values = codes[kept], values[kept]
    return codes, values


def _plain(terms: Iterable[str], most: int) -> tuple[Codes, None]:
    return np.unique(np.array([code(term) for term in dict.fromkeys(terms)][:most], np.uint32)), None


def _is_day(value: str) -> bool:
    return len(value) >= _DAY_LENGTH and value[4:5] == "-" and value[7:8] == "-" and value[8:10].isdigit()


def day_of(moment: datetime) -> float:
    """Return a time in days since 1970; one without a zone is taken for UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86400
