"""Fixtures for tests against a real broker."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import Broker

DEBIAN = "redis-server"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Valkey of this test's own."""
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


@pytest.fixture(params=["valkey", DEBIAN])
def any_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Each of the two servers that are promised to work: Valkey 9 and Debian's Redis 7."""
    binary = None
    if request.param == DEBIAN:
        binary = shutil.which(DEBIAN)
        if binary is None:
            reason = f"no {DEBIAN} on this machine; `apt-get install {DEBIAN}` runs this test too"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    running = Broker(tmp_path / "broker", binary=binary).start()
    yield running
    running.kill()
