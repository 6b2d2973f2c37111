"""Stories of several ledgers: one service reads all of them, and each record is in one story once."""

import signal
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from typing import Any

from khabar.broker.connection import connect
from khabar.messages.record import Record
from khabar.settings import Settings, each_of
from tests.broker import Broker
from tests.integration.stories.conftest import Newsroom
from tests.integration.stories.dying import POINTS, die_at, serve
from tests.integration.stories.test_kills import PROCESSES
from tests.waiting import wait_until


def several_of(broker: Broker, prefixes: str, **settings: Any) -> dict[str, Any]:
    """Return the settings of a deployment of several ledgers."""
    urls = ",".join([broker.url] * len(prefixes.split(",")))
    return {"redis_url": urls, "prefix": prefixes, "lease_s": 0.3, "stories_window_days": 2} | settings


def test_kills_change_nothing_over_several_ledgers(
    newsroom: Callable[..., Newsroom], broker: Broker, stream: list[Record]
) -> None:
    """A commit and the acknowledgement on another broker are two steps: who comes next must know how far the first had come."""
    rooms = [newsroom(prefix) for prefix in ("one:", "two:", "three:")]
    several = several_of(broker, "one:,two:,three:")
    for number, record in enumerate(stream):
        article = record.article.model_copy(update={"id": f"each its own {number}"})
        rooms[number % 3].publish([record.model_copy(update={"article": article})])
    points = [*POINTS, "before another ledger hears"]
    for number, point in enumerate(points):
        times = 1 if point in ("held", "bringing back") else 1 + number % 2
        process = PROCESSES.Process(target=die_at, args=(point, times, several))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL, point
    assert sum(room.owed for room in rooms) > 0, "the kills came too late to mean anything"

    stop = threading.Event()
    service = threading.Thread(target=serve(Settings(**several)).run, args=[stop])
    service.start()
    try:
        wait_until(lambda: all(room.owed == 0 for room in rooms))
    finally:
        stop.set()
        service.join()
    told = rooms[0].told
    revisions: defaultdict[str, list[int]] = defaultdict(list)
    for story in told:
        revisions[story.id].append(story.revision)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in revisions.values())
    assert sum(not story.merged_into for story in told) == len(stream), "one revision for each article"
    assert not rooms[1].told and not rooms[2].told, "the stories of all are in the first"


def test_who_loses_the_first_ledger_lets_go_of_the_others(broker: Broker) -> None:
    """Else the one that holds the first waits for the others, and nobody makes stories."""
    several = several_of(broker, "one:,two:", lease_s=60)
    old, new = (serve(Settings(**several), me)._store for me in ("old:1", "new:1"))
    assert old.hold() and not new.hold()
    with closing(connect(broker.url)) as client:
        client.delete(each_of(Settings(**several))[0].names.story_holder)  # as if its lease had ended
    assert not new.hold(), "the other ledger is still held"
    assert not old.hold()
    assert new.hold()
