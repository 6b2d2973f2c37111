"""For all tests: in which order they run, and on which of the two servers that are promised to work.

Each runs on one of them, with KHABAR_TEST_BROKERS=all on both. Which of the two, a test's name decides, so that it is the same in
every run and each server gets half of the tests. What is about the servers themselves (their files, their users, their answers)
is marked `every_broker`, and runs on both always.
"""

import gc
import os
from functools import cache
from pathlib import Path
from zlib import crc32

import pytest
import redis.utils

from tests.broker import DEBIAN, VALKEY

KINDS = (VALKEY, DEBIAN)
UNIT = Path(__file__).parent / "unit"
LONGEST = "test_faults.py"
ALL = os.environ.get("KHABAR_TEST_BROKERS") == "all"


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    # Every client reads the whole description of the package for it: 1.5 ms, some thousand times.
    redis.utils.get_lib_version = cache(redis.utils.get_lib_version)
    gc.disable()  # six thousand tests and all of khabar are made now, and stay: see pytest_collection_finish
    config.addinivalue_line("markers", "every_broker: runs on each server in every run, for it is about the servers")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the servers, and the order where several workers share the tests."""
    if not ALL:
        _leave_out_others(config, items)
    if (workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        items[:] = _dealt(items, workers)


def _dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Begin each worker's part, of as many tests, with some of the files that start processes, and end it with unit tests.

    A worker that is done takes over what another has not begun. What it takes at the end is then small, and no core is idle while
    one test of a minute runs.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    slow = [path for path in files if not path.is_relative_to(UNIT)]
    slow.sort(key=lambda path: path.name != LONGEST)
    parts = [[test for path in slow[number::workers] for test in files[path]] for number in range(workers)]
    quick = [test for path, tests in files.items() if path.is_relative_to(UNIT) for test in tests]
    for number, part in enumerate(parts):
        size = len(items) // workers - len(part) if number < workers - 1 else len(quick)
        part += quick[: max(size, 0)]
        del quick[: max(size, 0)]
    return [test for part in parts for test in part]


def _leave_out_others(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep of each test on both servers the one on its own; who names one server gets that one."""
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
