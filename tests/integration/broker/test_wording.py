"""What a broker refuses, in its own words."""

from pathlib import Path

import pytest
from redis.exceptions import NoPermissionError

from khabar.broker.wording import describe_failure
from khabar.keys.access import Role
from tests.access import GuardedBroker


def test_a_missing_right_is_named(tmp_path: Path) -> None:
    """redis-py's own repr says `server:NoPermissionError`, and not which right."""
    guarded = GuardedBroker(tmp_path / "broker")
    guarded.broker.start()
    try:
        with guarded.client(Role.PRODUCER) as client, pytest.raises(NoPermissionError) as refused:
            client.xrange("khabar:records")
        assert "xrange" in describe_failure(refused.value)
    finally:
        guarded.broker.kill()
