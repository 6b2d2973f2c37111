"""Addresses of brokers: sentinels among them, and none with its password when it is shown."""

import pytest

from khabar.broker.url import UNSHOWN, SentinelUrl, hide_password, is_sentinel


def test_a_sentinel_url_names_sentinels_service_database_and_passwords() -> None:
    """Servers and sentinels have passwords of their own."""
    url = "sentinel://khabar:p%40ss%2F@one:26380,two,[::1]:26381/3?service=news&sentinel_user=s&sentinel_password=q%26"
    assert SentinelUrl.parse(url) == SentinelUrl(
        (("one", 26380), ("two", 26379), ("::1", 26381)), "news", 3, "khabar", "p@ss/", "s", "q&"
    )


def test_the_shortest_sentinel_url() -> None:
    """No database, no password, one sentinel."""
    assert SentinelUrl.parse("sentinel://one?service=news") == SentinelUrl((("one", 26379),), "news")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis://one:6379/0", "does not begin with sentinel://"),
        ("sentinel://one,two/0", "does not name the sentinels' service"),
        ("sentinel://one/0?service=", "does not name the sentinels' service"),
        ("sentinel://one/news?service=x", "'news' is not the number"),
        ("sentinel://one,,two/0?service=x", "'' is not host:port"),
        ("sentinel://one:port/0?service=x", "'one:port' is not host:port"),
        ("sentinel://one:70000/0?service=x", "'one:70000' is not host:port"),
        ("sentinel://[::1:26379/0?service=x", "is not host:port"),
        ("sentinel://one/0?service=x&ssl=true", "a parameter 'ssl'"),
        ("sentinel://one/0?service", "not a list of name=value"),
        ("sentinel://:half?secret@one/0?service=x", "a parameter whose name is not shown"),
    ],
)
def test_a_wrong_sentinel_url_gives_one_sentence(url: str, reason: str) -> None:
    """It is read by whoever typed it."""
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        SentinelUrl.parse(url)
    assert reason in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@one:6379/0?password=secret", "redis://:***@one:6379/0"),
        ("redis://one:6379/0", "redis://one:6379/0"),
        ("unix:///run/redis.sock?password=secret", "unix:///run/redis.sock"),
        (
            "sentinel://u:secret@one,two:1/2?service=news&sentinel_password=secret",
            "sentinel://u:***@one:26379,two:1/2?service=news",
        ),
        ("sentinel://u@one/2?service=news", "sentinel://u@one:26379/2?service=news"),
        ("sentinel://:secret@one:x/0?service=news", "the broker"),
        ("redis://:secret@[one", "the broker"),
    ],
)
def test_a_shown_url_holds_no_password(url: str, shown: str) -> None:
    """It is printed and logged."""
    assert hide_password(url) == shown


def test_celery_gets_a_url_for_each_sentinel() -> None:
    """Its own form; the service goes into its options."""
    url = "sentinel://u:p%40@one,[::1]:2/3?service=news"
    assert is_sentinel(url)
    assert SentinelUrl.parse(url).for_kombu() == "sentinel://u:p%40@one:26379/3;sentinel://u:p%40@[::1]:2/3"
    assert SentinelUrl.parse("sentinel://one?service=news").for_kombu() == "sentinel://one:26379/0"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://127.0.0.1:6390/0", "redis://127.0.0.1:6390/0"),
        ("redis://:geheim@host:1/3", "redis://:***@host:1/3"),
        ("rediss://user:geheim@host:1/3?ssl_ca_certs=/x&password=geheim", "rediss://user:***@host:1/3"),
        ("redis://:ge@geheim@host/0", "redis://:***@host/0"),
        ("unix://:geheim@/run/redis.sock?db=3", "unix://:***@/run/redis.sock"),
        ("redis://:geheim/x@host:1/0", UNSHOWN),
        ("redis://:x/geheim@host:1/0", UNSHOWN),
        ("redis://:x#geheim@host:1/0", UNSHOWN),
        ("redis://:x?geheim@host:1/0", UNSHOWN),
        ("redis://:geheim", UNSHOWN),
        ("redis://[geheim@host", UNSHOWN),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    """A password with a slash ends the host for every URL reader, and would come out in the error."""
    assert hide_password(url) == shown
    assert "geheim" not in hide_password(url)
