"""One function makes every client, so a URL is refused in one sentence, wherever it comes from."""

from collections.abc import Callable
from typing import Any

import pytest

from khabar.broker.aio import connect as async_connect
from khabar.broker.connection import connect
from khabar.consuming import stream
from khabar.errors import BrokerRefused, Exit, UnusableUrl
from khabar.host.celery_url import for_celery
from khabar.publishing.publisher import ArticlePublisher


@pytest.mark.parametrize("door", [connect, stream.connect, ArticlePublisher, for_celery])
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "http://127.0.0.1/0",
            "http://127.0.0.1/0 has no usable URL (Redis URL must specify one of the following schemes "
            "(redis://, rediss://, unix://)); one looks like redis://127.0.0.1:6390/0",
        ),
        (
            "redis://:geheim/x@one:1/0",
            "the broker has no usable URL (its host and port cannot be read; a password needs quoting: %2F for /, %40 for @, "
            "%3F for ?, %23 for #); "
            "one looks like redis://127.0.0.1:6390/0",
        ),
    ],
)
def test_a_url_that_cannot_be_used_is_one_sentence(door: Callable[[str], object], url: str, sentence: str) -> None:
    """Producers, consumers, the command and Celery's side say the same, and none quotes the password."""
    with pytest.raises(UnusableUrl) as caught:
        door(url)
    assert str(caught.value) == sentence
    assert caught.value.__suppress_context__  # a traceback would show what redis-py says, password and all


def test_a_sentinel_url_is_refused_with_its_own_example() -> None:
    """The example of a single server would lead astray."""
    with pytest.raises(
        UnusableUrl, match=r"^the broker has no usable URL: it does not name the sentinels' service.*khabar$"
    ):
        connect("sentinel://one,two/0")


def test_a_refused_url_is_a_refusal_and_a_value_error_and_ends_a_command_as_wrong_usage() -> None:
    """Callers that catch either go on working; a script tells a typing error from a broker that is away."""
    assert issubclass(UnusableUrl, BrokerRefused)
    assert issubclass(UnusableUrl, ValueError)
    assert UnusableUrl.exit_code is Exit.USAGE


@pytest.mark.parametrize("door", [connect, lambda url: async_connect(url, name="n")])
@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "sentinel://127.0.0.1:1/0?service=khabar"])
def test_connections_do_not_each_read_the_version_of_their_library(
    door: Callable[[str], Any], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies on the disk, and reading it takes longer than all else that a connection object does."""
    door(url)
    monkeypatch.setattr("redis.utils.get_lib_version", lambda: pytest.fail("read twice"))
    pool = door(url).connection_pool
    infos = {id(pool.make_connection().driver_info) for _ in range(3)}
    assert len(infos) == 1
