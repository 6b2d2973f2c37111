"""Several ledgers: which there are, and which of them an article belongs to."""

from collections import Counter

import pytest

from khabar.broker.connection import connect
from khabar.broker.ledgers import Ledger, deal, ledgers_of
from khabar.broker.url import hide_password
from khabar.consuming.aio import AsyncRecordStream
from khabar.errors import InvalidSettings, UnusableUrl
from khabar.keys.names import DEFAULT_PREFIX
from khabar.publishing.aio import AsyncArticlePublisher
from khabar.publishing.publisher import ArticlePublisher
from khabar.settings import each_of, load_settings

A, B, C = "redis://10.0.0.5:6379/0", "rediss://u:p,w@b/0?ssl_ca_certs=/x,y.pem", "sentinel://:pw@h1:1,h2:2/0?service=k"


@pytest.mark.parametrize(
    ("urls", "prefix", "expected"),
    [
        (A, "a,b:", [(A, "a,b:")]),
        (C, DEFAULT_PREFIX, [(C, DEFAULT_PREFIX)]),
        (f"{A},{B}, {C}", DEFAULT_PREFIX, [(A, DEFAULT_PREFIX), (B, DEFAULT_PREFIX), (C, DEFAULT_PREFIX)]),
        (f"{C},{A}", "{k1}:,{k2}:", [(C, "{k1}:"), (A, "{k2}:")]),
        (f"{A},{A}", "k1:,k2:", [(A, "k1:"), (A, "k2:")]),
        (f"unix:///run/a.sock?db=0,{A}", "k:", [("unix:///run/a.sock?db=0", "k:"), (A, "k:")]),
    ],
)
def test_ledgers_are_brokers_and_prefixes_side_by_side(urls: str, prefix: str, expected: list[tuple[str, str]]) -> None:
    """A comma may be part of a sentinel's URL, of a password, or of the one prefix that a deployment has had before."""
    assert ledgers_of(urls, prefix) == tuple(Ledger(*each) for each in expected)


@pytest.mark.parametrize(
    ("urls", "prefix"), [(f"{A},{A}", "k:"), (f"{A},{B},{C}", "a:,b:"), (f"{A},{B}", "a:,"), (f"{A},{A}", "a:,a:")]
)
def test_ledgers_that_are_none_are_refused_in_one_sentence(urls: str, prefix: str) -> None:
    """Articles that go to one place twice would be dealt unevenly; a mistake must not become a deployment."""
    with pytest.raises(UnusableUrl) as refused:
        ledgers_of(urls, prefix)
    assert "p,w" not in str(refused.value)
    with pytest.raises(InvalidSettings):
        load_settings(redis_url=urls, prefix=prefix)


@pytest.mark.parametrize(
    "urls",
    [
        *("redis://a,,", "redis://a/0,", f",{A}", f"{A},,{A}", f"{B},", f"{B}, ,{A}", f"{A},{C},", ","),
        *("redis://:pw@a,,", "redis://a,b:6379", "redis://a/0,b/0", f"{A},redis://:p,w@a/0,b", f"a:6379,{A}"),
    ],
)
def test_a_place_of_the_list_that_is_no_url_is_named(urls: str) -> None:
    """A variable that was not set must not become a host named `a,,`, which nobody finds."""
    for read in (ledgers_of, connect, lambda given: load_settings(redis_url=given)):
        with pytest.raises((UnusableUrl, InvalidSettings)) as refused:
            read(urls)
        assert any(why in str(refused.value) for why in ("list of brokers is empty", "comma is not followed by a URL"))
        assert "pw" not in str(refused.value) and "p,w" not in str(refused.value)


def test_an_article_is_always_dealt_to_the_same_ledger_and_all_get_as_many() -> None:
    """Dealing is part of the deployment: another build of Python, another machine, the same ledger."""
    ids = [f"https://example.org/{number}" for number in range(6_000)]
    assert [deal(each, 3) for each in ids[:12]] == [2, 1, 2, 1, 2, 0, 2, 1, 0, 2, 1, 0]
    for count in (2, 3, 5):
        shares = Counter(deal(each, count) for each in ids)
        assert set(shares) == set(range(count))
        assert max(shares.values()) < 1.1 * len(ids) / count
    assert {deal(each, 1) for each in ids} == {0}
    assert deal("\ud800", 2) in (0, 1)


def test_one_more_ledger_takes_from_all_and_moves_nothing_between_them() -> None:
    """What moves is extracted twice where it is pushed again, so as little as can be moves."""
    moved = [(deal(str(number), 3), deal(str(number), 4)) for number in range(4_000)]
    assert all(after in (before, 3) for before, after in moved)
    assert 800 < sum(after == 3 for _, after in moved) < 1_200


def test_no_password_of_several_brokers_is_shown() -> None:
    """The list stands in settings, logs and `khabar status` as one URL does."""
    assert hide_password(f"redis://:secret@a/0,{C}") == "redis://:***@a/0,sentinel://:***@h1:1,h2:2/0?service=k"


@pytest.mark.parametrize("urls", [f"{A},{B}", f"{C},{A}"])
def test_what_works_on_one_ledger_asks_for_one(urls: str) -> None:
    """Dead letters, groups and stories are a ledger's own; the list must not be taken for one odd host."""
    for make in (connect, ArticlePublisher, AsyncArticlePublisher, lambda url: AsyncRecordStream(url, group="g")):
        with pytest.raises(UnusableUrl, match="are 2 brokers, but this works on one") as refused:
            make(urls)
        assert "p,w" not in str(refused.value)


def test_children_are_shared_by_the_ledgers_and_each_has_one() -> None:
    """A machine has as many workers as before, whatever they read from."""
    settings = load_settings(redis_url=f"{A},{B},{C}", prefix="a:,b:,c:", children=5)
    assert [(own.redis_url, own.prefix, own.children) for own in each_of(settings)] == [
        (A, "a:", 2),
        (B, "b:", 2),
        (C, "c:", 1),
    ]
    assert [own.children for own in each_of(load_settings(redis_url=f"{A},{B}", children=1))] == [1, 1]
    assert each_of(load_settings(redis_url=A, children=5))[0].children == 5
