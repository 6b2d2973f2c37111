"""Counters that many processes add to, and the percentiles that are read off them."""

import random

import orjson
import pytest

from khabar.counting import BOUNDS, LAST, Counted, Measure, Tally, bucket, name


def counted(tally: Tally) -> Counted:
    return Counted(tally.take())


def test_a_histogram_counts_each_value_once() -> None:
    """Buckets are cumulated as Prometheus has them: the last bound holds all that is not above it."""
    tally = Tally()
    for value in (1, 100, 101, 10**12):
        tally.observe(Measure.STEP_US, value, "live", "segment", "")
    found = counted(tally).histograms(Measure.STEP_US)[("live", "segment", "")]
    assert (found.count, found.sum) == (4, 202 + 10**12)
    assert (found.buckets[100], found.buckets[300], found.buckets[100_000_000]) == (2, 3, 3)


def test_what_was_taken_is_not_taken_again() -> None:
    """A batch publishes what was counted since the one before."""
    tally = Tally()
    tally.observe(Measure.BATCH_ARTICLES, 8, "live")
    assert tally.take() == {"batch_articles|live|8": 1, "batch_articles|live|sum": 8}
    assert tally.take() == {}


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_percentile_of_latency_is_within_a_fifth_or_so(share: float) -> None:
    """Six bounds a decade: `khabar status --watch` shows figures that a person may trust to one digit."""
    drawn = random.Random(7)
    values = [drawn.lognormvariate(6, 1.5) for _ in range(5_000)]
    tally = Tally()
    for value in values:
        tally.observe(Measure.ARTICLE_MS, value, "live")
    found = counted(tally).histograms(Measure.ARTICLE_MS)[("live",)].quantile(share)
    exact = sorted(values)[int(share * len(values))]
    assert found is not None
    assert abs(found / exact - 1) < 0.2


def test_no_value_has_no_percentile_and_one_above_all_bounds_is_told_as_the_last() -> None:
    """A watch that begins, and an article that waited for months."""
    tally = Tally()
    tally.observe(Measure.ARTICLE_MS, 10**11, "live")
    found = counted(tally).histograms(Measure.ARTICLE_MS)[("live",)]
    assert found.quantile(0.5) == BOUNDS[Measure.ARTICLE_MS][-1]
    assert (found - found).quantile(0.5) is None


def test_the_difference_of_two_looks_is_what_came_between() -> None:
    """Percentiles of the last seconds, not of all time."""
    tally = Tally()
    tally.observe(Measure.ARTICLE_MS, 20, "live")
    first = tally.take()
    tally.observe(Measure.ARTICLE_MS, 5_000, "live")
    both = {field: first.get(field, 0) + count for field, count in (first | tally.counts).items()}
    both |= {field: first.get(field, 0) + tally.counts.get(field, 0) for field in first}
    earlier, later = (Counted(fields).histograms(Measure.ARTICLE_MS)[("live",)] for fields in (first, both))
    between = later - earlier
    assert between.count == 1
    assert 4_600 < (between.quantile(0.5) or 0) < 6_900, "its bucket"


@pytest.mark.parametrize(
    "field", ["record", "later_measure|live", "articles", "step_us|live|x|y|ten", "", "|", "article_ms|live|\u0663"]
)
def test_what_another_version_has_counted_harms_nothing(field: str) -> None:
    """The hash is shared by all versions that run beside each other."""
    found = Counted({field: 5, "failed|live|x": 2})
    assert list(found.plain(Measure.FAILED)) == [(("live", "x"), 2)]
    for measure in BOUNDS:
        found.histograms(measure)
    found.as_dict()


def test_bounds_of_another_version_are_kept() -> None:
    """Two versions beside each other add to one histogram; each bound says by itself what it means."""
    found = Counted({"batch_articles|live|20": 1, "batch_articles|live|32": 1, f"batch_articles|live|{LAST}": 1})
    histogram = found.histograms(Measure.BATCH_ARTICLES)[("live",)]
    assert (histogram.buckets[16], histogram.buckets[20], histogram.buckets[32], histogram.count) == (0, 1, 2, 3)


def test_plain_data_are_what_json_takes() -> None:
    """`khabar status --json` has all of it."""
    tally = Tally()
    tally.observe(Measure.ARTICLE_MS, 40, "live")
    plain = orjson.loads(orjson.dumps(Counted({**tally.take(), "articles|live|record|": 3}).as_dict()))
    assert plain["articles"] == {"live|record|": 3}
    assert plain["article_ms"]["live"]["count"] == 1


def test_bounds_ascend_and_buckets_are_named_by_them() -> None:
    """A bound that were twice there would count twice."""
    for measure, bounds in BOUNDS.items():
        assert list(bounds) == sorted(set(bounds)), measure
        assert bucket(measure, bounds[0]) == str(bounds[0])
        assert bucket(measure, bounds[-1] + 1) == LAST
    assert name(Measure.ARTICLES, "live", "record", "") == "articles|live|record|"
