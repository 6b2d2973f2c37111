"""The service's counters: their names in the broker, and a tally of one process until its batch is published.

Counters are in one hash of the broker (khabar/keys/names.py), not in processes, so a killed child loses none. The script that
ends an article counts it in the same step. A field is the measure, its labels and, for a histogram, the upper bound of the
bucket or `sum`, joined by bars: `article_ms|live|200`. Values are whole numbers, so no sum drifts.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from typing import Any, Final

SEPARATOR: Final = "|"
SUM: Final = "sum"
LAST: Final = "inf"  # the bucket above all bounds


class Measure(StrEnum):
    """A kind of count; labels and unit in brackets."""

    ARTICLES = "articles"  # [lane, outcome, code] ledger entries that ended; by settle.lua
    ARTICLE_MS = "article_ms"  # [lane] from push to outcome, histogram, ms of the broker's clock; by settle.lua
    FAILED = "failed"  # [lane, code] attempts that counted; by fail.lua
    GIVEN_BACK = "given_back"  # [lane] attempts that did not count; by fail.lua
    TAKEN_OVER = "taken_over"  # [lane, was] entries whose lease had ended, queued or running; by take_over.lua
    STEP_US = "step_us"  # [lane, step, layer] processor time of one article, histogram, us
    BATCH_ARTICLES = "batch_articles"  # [lane] articles begun together, histogram
    BROKER_US = "broker_us"  # [operation] one call of a worker, from its sending to its answer, histogram, us


def _series(first: int, last: int, steps: Iterable[float]) -> tuple[int, ...]:
    """Return first * step * 10^n in ascending order, up to `last`."""
    bounds, decade = [], first
    while decade <= last:
        bounds += [round(decade * step) for step in steps]
        decade *= 10
    return tuple(bound for bound in bounds if bound <= last)


# Latency has six equal steps a decade, so that a percentile read off it is within a fifth: 10 ms to 10,000 s. settle.lua reckons
# its bucket by these three: to look through a list took the broker as long as all else that it counts.
LATENCY_FIRST_MS: Final = 10
LATENCY_STEPS: Final = 6
LATENCY_DECADES: Final = 6

# Upper bounds.
BOUNDS: Final[Mapping[Measure, tuple[int, ...]]] = {
    Measure.ARTICLE_MS: tuple(
        math.floor(LATENCY_FIRST_MS * 10 ** (number / LATENCY_STEPS) + 0.5)
        for number in range(LATENCY_STEPS * LATENCY_DECADES + 1)
    ),
    Measure.STEP_US: _series(100, 100_000_000, (1, 3)),
    Measure.BATCH_ARTICLES: (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024),
    Measure.BROKER_US: _series(100, 100_000_000, (1, 3)),
}


def name(measure: Measure, *labels: str) -> str:
    """Return a counter's field."""
    return SEPARATOR.join((measure, *labels))


def bucket(measure: Measure, value: float) -> str:
    """Return the upper bound of the bucket that a value falls into."""
    bounds = BOUNDS[measure]
    at = bisect_left(bounds, value)
    return str(bounds[at]) if at < len(bounds) else LAST


@dataclass
class Tally:
    """The counts of one process that are not published yet."""

    counts: Counter[str] = field(default_factory=Counter)

    def observe(self, measure: Measure, value: float, *labels: str) -> None:
        """Add one value to a histogram."""
        self.counts[name(measure, *labels, bucket(measure, value))] += 1
        self.counts[name(measure, *labels, SUM)] += round(value)

    def take(self) -> Mapping[str, int]:
        """Return the counts, and begin again from zero."""
        taken, self.counts = self.counts, Counter()
        return taken


@dataclass(frozen=True, slots=True)
class Histogram:
    """Values by bucket.

    Attributes:
        buckets: upper bound -> how many values are at most that; the bounds ascend.
        count: of all values.
        sum: of all values, in the measure's unit.
    """

    buckets: Mapping[int, int]
    count: int
    sum: int

    def quantile(self, share: float) -> float | None:
        """Return the value below which a share of all values lies, interpolated within its bucket; None without values.

        The answer for values above all bounds is the last bound.
        """
        rank = share * self.count
        below, lower = 0, 0
        for bound, cumulated in self.buckets.items():
            if cumulated >= rank and cumulated > below:
                return lower + (bound - lower) * (rank - below) / (cumulated - below)
            below, lower = cumulated, bound
        return float(lower) if self.count > 0 else None

    def __sub__(self, earlier: "Histogram") -> "Histogram":
        buckets = {bound: count - earlier.buckets.get(bound, 0) for bound, count in self.buckets.items()}
        return Histogram(buckets, self.count - earlier.count, self.sum - earlier.sum)


class Counted:
    """The counters of the broker, read once.

    Args:
        fields: of the hash; those of no measure here are left out: a later version's, or outcomes as `khabar status` shows them.
    """

    def __init__(self, fields: Mapping[str, int]) -> None:
        self._values: dict[Measure, dict[tuple[str, ...], int]] = {measure: {} for measure in Measure}
        for stored, value in fields.items():
            measure, *labels = stored.split(SEPARATOR)
            if labels and measure in list(Measure):
                self._values[Measure(measure)][tuple(labels)] = value

    def plain(self, measure: Measure) -> Iterator[tuple[tuple[str, ...], int]]:
        """Yield labels and count of a counter, in their order."""
        yield from sorted(self._values[measure].items())

    def histograms(self, measure: Measure) -> dict[tuple[str, ...], Histogram]:
        """Return the histograms of a measure by their labels."""
        found: dict[tuple[str, ...], dict[str, int]] = {}
        for (*labels, bound), value in sorted(self._values[measure].items()):
            found.setdefault(tuple(labels), {})[bound] = value
        return {labels: _histogram(BOUNDS[measure], values) for labels, values in found.items()}

    def as_dict(self) -> dict[str, Any]:
        """Return plain data: measure -> labels with bars between -> a count, or {count, sum, p50, p95, p99}."""
        plain: dict[str, Any] = {}
        for measure in Measure:
            if measure in BOUNDS:
                plain[measure.value] = {
                    SEPARATOR.join(labels): _summary(found) for labels, found in self.histograms(measure).items()
                }
            else:
                plain[measure.value] = {SEPARATOR.join(labels): count for labels, count in self.plain(measure)}
        return plain


def _summary(histogram: Histogram) -> dict[str, float | None]:
    percentiles = {f"p{share * 100:.0f}": histogram.quantile(share) for share in (0.5, 0.95, 0.99)}
    return {"count": histogram.count, "sum": histogram.sum} | percentiles


def _histogram(bounds: Iterable[int], values: Mapping[str, int]) -> Histogram:
    # Bounds of another version count where they stand; the present ones are always there, so that series do not come and go.
    others = {int(bound) for bound in values if bound.isascii() and bound.isdecimal()}
    ordered = sorted({*bounds, *others})
    cumulated = dict(zip(ordered, accumulate(values.get(str(bound), 0) for bound in ordered), strict=True))
    above = values.get(LAST, 0)
    return Histogram(cumulated, (cumulated[ordered[-1]] if ordered else 0) + above, values.get(SUM, 0))
