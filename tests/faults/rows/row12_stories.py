"""Row 12: the process that makes stories dies, stands still longer than it may, or loses its broker or answers, with work to do.

What it must publish is known: the records on the stream, taken one after the other by a service that nothing happens to, give
the same events, byte for byte. So each article joins one story once, no revision is missing, and none comes twice.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson
import psutil
import redis

from khabar.keys.names import EVENT_FIELD, STORIES_GROUP
from khabar.stories.grouping import Grouping
from khabar.stories.keeper import Keeper
from khabar.stories.needed import read_needed
from tests.broker import Broker
from tests.faults.outages import cut, frozen, killed
from tests.faults.row import LONG_S, Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

LEASE_S = 1.5
BAR_S = 2 * LEASE_S + 2.0  # another process has to bring back what the dead one held
BATCH = 100  # of the service that nothing happens to; another than the real one's
FULL, SHORT = 10_000, 240  # articles


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Disturb whoever makes stories, again and again: in the middle of a portion of articles, with the next one to come."""
    count, faults = scale.of(FULL, SHORT), scale.of(25, 5)
    kinds: list[tuple[str, Callable[[Stage], None]]] = [
        ("killed", kill), ("stood still", stand_still), ("broker killed", kill_broker), ("broker frozen", freeze_broker),
        ("connections cut", cut_connections),
    ]  # fmt: skip
    took: dict[str, float] = {}
    settings = {"lease_s": LEASE_S, "max_stories": 10 * count}
    with Stage(folder, broker, stories=2, **settings) as stage:
        portion = count // (2 * faults)
        for number in range(faults):
            before = told(stage)
            stage.push(portion)
            wait_until(lambda before=before: told(stage) > before, timeout_s=LONG_S)
            name, disturb = kinds[number % len(kinds)]
            disturb(stage)
            start, before = time.monotonic(), wait_until(lambda: told(stage) + 1, timeout_s=LONG_S) - 1
            stage.push(portion)
            wait_until(lambda before=before: told(stage) > before, timeout_s=LONG_S)
            took[name] = max(took.get(name, 0.0), time.monotonic() - start)
        verdict = Verdict(stage.finish(), faults)
        wait_until(lambda: owed(stage) == 0, timeout_s=LONG_S)
        published, expected = events(stage, stage.names.stories), undisturbed(stage)
    verdict.figures["told again after"] = ", ".join(f"{name} {slowest:.1f} s" for name, slowest in took.items())
    verdict.figures["revisions"] = f"{len(published):,} of {len(expected):,}"
    for name, slowest in took.items():
        bar_s = scale.bar_s(BAR_S)
        verdict.require(slowest <= bar_s, f"{name}: told again after {slowest:.1f} s, later than {bar_s:g} s")
    twice = sum(times - 1 for times in Counter(published).values())
    verdict.require(not twice, f"{twice} revisions twice")
    lost = len(set(expected) - set(published))
    verdict.require(not lost, f"{lost} revisions missing")
    verdict.require(published == expected, "not the stories of a service that nothing happened to")
    return verdict


def holder(stage: Stage) -> psutil.Process:
    """Return the process that makes stories; waits until there is one."""

    def found() -> psutil.Process | None:
        with suppress(redis.RedisError, psutil.NoSuchProcess, IndexError, ValueError):
            token = stage.client.get(stage.names.story_holder)
            return psutil.Process(int(token.decode().split(":")[1])) if isinstance(token, bytes) else None
        return None

    process = wait_until(found, every_s=0.01)
    assert process is not None
    return process


def kill(stage: Stage) -> None:
    """Kill -9."""
    holder(stage).kill()


def stand_still(stage: Stage) -> None:
    """Stop it for longer than it holds the stories without a sign; what it still writes then must come to nothing."""
    process = holder(stage)
    with suppress(psutil.NoSuchProcess):
        process.suspend()
        time.sleep(2 * LEASE_S)
        os.kill(process.pid, signal.SIGCONT)


def kill_broker(stage: Stage) -> None:
    """Kill the broker, and start it on the same data."""
    with killed(stage):
        time.sleep(0.5)


def freeze_broker(stage: Stage) -> None:
    """Let the broker answer nothing for a while."""
    with frozen(stage):
        time.sleep(2 * LEASE_S)


def cut_connections(stage: Stage) -> None:
    """Close every connection again and again: an answer may be lost when its question has been carried out."""
    with cut(stage):
        time.sleep(LEASE_S)


def told(stage: Stage) -> int:
    """Return how many revisions were published; -1 while the broker is away or there is none."""
    try:
        return int(stage.client.xinfo_stream(stage.names.stories)["entries-added"])
    except redis.RedisError:
        return -1


def owed(stage: Stage) -> int:
    """Return how many records the service has not acknowledged; -1 while the broker does not say."""
    with suppress(redis.RedisError):
        for group in stage.client.xinfo_groups(stage.names.records):
            if group["name"] == STORIES_GROUP.encode() and group["lag"] is not None:
                return int(group["pending"]) + int(group["lag"])
    return -1


def events(stage: Stage, stream: str) -> list[bytes]:
    """Return all events of a stream, in order."""
    return [fields[EVENT_FIELD.encode()] for _, fields in stage.client.xrange(stream)]


def undisturbed(stage: Stage) -> list[bytes]:
    """Return the events that the records on the stream give."""
    kept: dict[int, bytes] = {}
    keeper = Keeper(Grouping(), lambda serials: [kept.get(serial) for serial in serials])
    made: list[bytes] = []
    records = events(stage, stage.names.records)
    for begin in range(0, len(records), BATCH):
        for event in records[begin : begin + BATCH]:
            keeper.add(read_needed(orjson.loads(event)["data"]))
        writes = keeper.take_writes()
        kept.update({serial: data for serial, data in writes.articles.items() if data is not None})
        made += writes.events
    return made


ROW = Row(12, "whoever makes stories killed, stopped, its broker killed, frozen and cut off", run)
