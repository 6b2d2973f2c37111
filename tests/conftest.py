"""For all tests: each runs on one of the two servers that are promised to work; with KHABAR_TEST_BROKERS=all on both.

Which of the two, a test's name decides, so that it is the same in every run and each server gets half of the tests. What is about
the servers themselves (their files, their users, their answers) is marked `every_broker`, and runs on both always.
"""

import gc
import os
from zlib import crc32

import pytest

from tests.broker import DEBIAN, VALKEY

KINDS = (VALKEY, DEBIAN)
ALL = os.environ.get("KHABAR_TEST_BROKERS") == "all"


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    gc.disable()  # six thousand tests and all of khabar are made now, and stay: see pytest_collection_finish
    config.addinivalue_line("markers", "every_broker: runs on each server in every run, for it is about the servers")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave each test out on the other server, where it is to run on its own; who names one server gets that one."""
    if ALL:
        return
    there = {item.nodeid for item in items}
    left_out = {item.nodeid for item in items if (own := _on_its_own_server(item)) != item.nodeid and own in there}
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
        items[:] = [item for item in items if item.nodeid not in left_out]


def pytest_collection_finish() -> None:
    """Collect garbage again, and look no more through what was collected: tests."""
    gc.freeze()
    gc.enable()


def _on_its_own_server(item: pytest.Item) -> str:
    """Return the id of the same test on the server that its name decides for."""
    parameters = getattr(item, "callspec", None)
    kind = next((value for value in parameters.params.values() if value in KINDS), None) if parameters else None
    name, _, values = item.nodeid.partition("[")
    if kind is None or kind not in values or item.get_closest_marker("every_broker"):
        return item.nodeid
    before, after = values.split(kind, 1)
    own = KINDS[crc32(f"{name}[{before}{after}".encode()) % len(KINDS)]
    return f"{name}[{before}{own}{after}"
