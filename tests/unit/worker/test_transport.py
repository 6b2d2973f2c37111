"""Celery reaches the same broker as everybody else, however its address is written."""

import pytest

from khabar.host.transport import transport
from khabar.settings import InvalidSettings, load_settings


def test_a_single_server_is_given_as_it_is() -> None:
    """With the options that every broker needs."""
    broker = transport("redis://:secret@one:6379/3", "news:")
    options = broker.options
    assert broker.url == "redis://:secret@one:6379/3"
    assert options["global_keyprefix"] == "news:"
    assert options["ack_emulation"] is False
    assert "master_name" not in options


def test_sentinels_are_given_one_by_one_with_their_own_password_and_a_short_patience() -> None:
    """redis-py's default spends seconds on a sentinel that is dead, and the dead host had one."""
    broker = transport("sentinel://:secret@one,two/3?service=news&sentinel_password=other", "khabar:")
    options = broker.options
    assert broker.url == "sentinel://:secret@one:26379/3;sentinel://:secret@two:26379/3"
    assert options["master_name"] == "news"
    assert options["sentinel_kwargs"]["password"] == "other"
    assert options["sentinel_kwargs"]["socket_timeout"] < 1


def test_a_wrong_sentinel_url_is_a_bad_setting() -> None:
    """Said at the start, with the others."""
    with pytest.raises(InvalidSettings, match=r"KHABAR_REDIS_URL: .*name the sentinels' service"):
        load_settings(redis_url="sentinel://one,two/3")
    assert load_settings(redis_url="sentinel://one?service=news").redis_url == "sentinel://one?service=news"
