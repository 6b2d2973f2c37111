"""What retention costs the broker: the floor, the trimming of many records at once, the archive of a dead group.

`python -m benchmarks.retention [records] [bytes of a record]`
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from khabar.broker.connection import connect
from khabar.keys.groups import GroupPolicy
from khabar.keys.names import EVENT_FIELD, Names
from khabar.retention.groups import GroupRegistry
from khabar.retention.janitor import Janitor
from khabar.retention.trim import Retention
from khabar.settings import Settings
from tests.broker import DEBIAN, Broker, debian_redis

NAMES = Names("bench:")
RECORDS = 100_000
RECORD_BYTES = 4_000  # the records of news articles have 14,000; a smaller machine should be able to run this
CHUNK = 1_000
T = TypeVar("T")


def main(records: int = RECORDS, record_bytes: int = RECORD_BYTES) -> None:
    """Print one line for each step and server."""
    for name, binary in (("valkey", None), (DEBIAN, debian_redis())):
        with tempfile.TemporaryDirectory() as folder:
            broker = Broker(Path(folder) / "broker", None, "--appendonly", "no", binary=binary).start()
            try:
                _measure(name, broker, Path(folder) / "archive", records, record_bytes)
            finally:
                broker.kill()


def _measure(name: str, broker: Broker, folder: Path, records: int, record_bytes: int) -> None:
    client = connect(broker.url)
    event = b'{"text":"' + b"x" * (record_bytes - 11) + b'"}'
    for _ in range(records // CHUNK):
        with client.pipeline(transaction=False) as pipe:
            for _ in range(CHUNK):
                pipe.xadd(NAMES.records, {EVENT_FIELD: event})
            pipe.execute()
    filled = client.info("memory")["used_memory"]
    client.xgroup_create(NAMES.records, "dead", id="0")
    client.xreadgroup("dead", "c", {NAMES.records: ">"}, count=records // 10)
    client.xgroup_create(NAMES.records, "live", id="$")
    settings = Settings(redis_url=broker.url, prefix=NAMES.prefix, group_dead_s=0.001, max_records=records)
    registry = GroupRegistry(client, NAMES, dead_s=0.001)
    retention = Retention(client, NAMES, max_records=records, max_memory_share=1)
    registry.set_policy("dead", GroupPolicy.ARCHIVE)
    pending_bytes = client.info("memory")["used_memory"] - filled
    floor_ms, _ = _timed(retention.trim)
    look_ms, _ = _timed(registry.groups)
    dry_ms, _ = _timed(lambda: retention.would_trim_all({"dead": ""}))
    janitor = Janitor(client, settings, archive_to=folder)
    dead = registry.get("dead")
    archive_ms, action = _timed(lambda: janitor._archive(dead, dry_run=False))
    trim_ms, trimmed = _timed(retention.trim_all)
    after = client.info("memory")["used_memory"]
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(
        f"{name}: {records:,} records of {record_bytes:,} B: {filled / 1e6:,.0f} MB; "
        f"{records // 10:,} pending: {pending_bytes / 1e6:.1f} MB\n"
        f"  floor with nothing to trim {floor_ms:.2f} ms; look at the groups {look_ms:.2f} ms; dry count {dry_ms:,.0f} ms\n"
        f"  archive of {action.records:,} records {archive_ms / 1000:.1f} s, {size / 1e6:.1f} MB\n"
        f"  trim of {trimmed.records:,} records at once {trim_ms:.1f} ms, then {after / 1e6:,.1f} MB"
    )
    client.close()


def _timed(step: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = step()
    return (time.perf_counter() - start) * 1000, result


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
