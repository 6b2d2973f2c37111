"""Fixtures for tests against a real broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import DEBIAN, VALKEY, Broker, debian_redis


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Valkey of this test's own."""
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


@pytest.fixture(params=[VALKEY, DEBIAN])
def any_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Each of the two servers that are promised to work: Valkey 9 and Debian's Redis 7."""
    binary = debian_redis() if request.param == DEBIAN else None
    running = Broker(tmp_path / "broker", binary=binary).start()
    yield running
    running.kill()
