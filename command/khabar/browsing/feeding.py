"""Feeds the index in a thread of its own: from the stream of a running service, or from a file that may grow."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from khabar.browsing.index import Index
from khabar.browsing.stories import stories_of
from khabar.consuming.delivery import START, place
from khabar.consuming.stream import browse

log = logging.getLogger(__name__)

BATCH: Final = 200
LOOK_EVERY_S: Final = 1.0
_HEAD_BYTES: Final = 4096  # of a file, by which one that was written again is told from one that has grown
_MOST_LINE: Final = 64 << 20


class Feeder:
    """Runs until it is stopped; `status` says how far it is."""

    def __init__(self, index: Index, feed: "Callable[[Index, Feeder], None]") -> None:
        self._index = index
        self._feed = feed
        self._thread = threading.Thread(target=self._run, name="khabar-browse-feed", daemon=True)
        self.stop = threading.Event()
        self.unread = 0
        self.state = "reading"
        self.failure = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait until what was begun is written."""
        self.stop.set()
        self._thread.join(timeout=30)

    def status(self) -> str:
        """Return one line for the foot of a page."""
        unread = f", {self.unread:,} could not be read" if self.unread else ""
        return f"{len(self._index):,} records indexed{unread}; {self.failure or self.state}"

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                self._feed(self._index, self)
            except Exception as error:  # the pages keep showing the records they have, and say that no more come
                self.failure = f"stopped following: {type(error).__name__}; trying again"
                log.exception("the index cannot be fed", extra={"action": "browse_feed_failed"})
                self.stop.wait(5)
            else:
                return


def feed_stream(client: "Redis", records: str, stories: str) -> "Callable[[Index, Feeder], None]":
    """Return what follows the records of a service; nothing is written to the broker, no group is made."""

    def feed(index: Index, feeder: Feeder) -> None:
        if _is_behind(client, records, index.note("after")):
            index.clear()  # another service, or one that has lost its data
        if not client.exists(stories):
            index.add_stories([], no_stories="This service publishes no stories so far.")
        while not feeder.stop.is_set():
            try:
                found = browse(client, stream=records, after=index.note("after") or START, wait=True, count=BATCH)
                if found:
                    rows = [(each.event.id, each.event.data, place(each.id)[0] // 1000) for each in found]
                    feeder.unread += index.add(rows, after=found[-1].id)
                _feed_stories(client, stories, index)
            except RedisError as error:
                feeder.failure = f"the broker is unreachable ({type(error).__name__})"
                feeder.stop.wait(2)
            else:
                feeder.failure = ""
                feeder.state = "following new records" if len(found) < BATCH else "reading"

    return feed


def feed_file(path: Path, name: str) -> "Callable[[Index, Feeder], None]":
    """Return a function that reads a file of records or events, one a line, and continues when the file grows."""

    def feed(index: Index, feeder: Feeder) -> None:
        with path.open("rb") as file:
            head = (
                blake2b(file.read(_HEAD_BYTES), digest_size=16).hexdigest()
                if path.stat().st_size >= _HEAD_BYTES
                else name
            )
            at = int(index.note("at") or 0)
            if at and (index.note("head") != head or path.stat().st_size < at):
                index.clear()
                at = 0
            file.seek(at)
            is_new = True
            while not feeder.stop.is_set():
                while batch := list(islice(_lines(file, feeder), BATCH)):
                    feeder.unread += index.add([(None, record, 0) for record in batch], at=str(file.tell()), head=head)
                    is_new = True
                    if feeder.stop.is_set():
                        return
                if is_new or index.note("grouped") != str(file.tell()):
                    feeder.state = "finding stories"
                    index.add_stories(stories_of(index.records(), feeder.stop), anew=True)
                    if feeder.stop.is_set():
                        return  # some are missing: the next start finds them again
                    index.add_stories([], grouped=str(file.tell()))
                    is_new = False
                feeder.state = f"following {name}"
                feeder.stop.wait(LOOK_EVERY_S)

    return feed


def _lines(file: BinaryIO, feeder: Feeder) -> Iterator[dict[str, Any]]:
    """Yield the records behind where the file stands; a line that has no end yet stays for the next time."""
    while True:
        at = file.tell()
        line = file.readline(_MOST_LINE)
        if not line or not line.endswith(b"\n"):
            value = _record(line)
            if value is None:
                file.seek(at)  # still being written
                return
            yield value
            return
        value = _record(line)
        if value is not None:
            yield value
        elif line.strip() and not _is_rejection(line):
            feeder.unread += 1


def _record(line: bytes) -> dict[str, Any] | None:
    with suppress(orjson.JSONDecodeError):
        value = orjson.loads(line)
        if isinstance(value, dict) and "specversion" in value:
            event, value = value, value.get("data")
            if isinstance(value, dict):
                value = {"outcome_id": str(event.get("id")), **value}
        if isinstance(value, dict) and isinstance(value.get("article"), dict) and isinstance(value.get("text"), str):
            return value
    return None


def _is_rejection(line: bytes) -> bool:
    value = orjson.loads(line) if line.lstrip().startswith(b"{") and line.rstrip().endswith(b"}") else {}
    value = value.get("data", value)
    return isinstance(value, dict) and {"code", "reason"} <= value.keys()


def _is_behind(client: "Redis", stream: str, after: str | None) -> bool:
    if after is None:
        return False
    try:
        found: Any = client.xrevrange(stream, count=1)
    except ResponseError:
        return True
    return bool(found) and place(found[0][0].decode() if isinstance(found[0][0], bytes) else found[0][0]) < place(after)


def _feed_stories(client: "Redis", stream: str, index: Index) -> None:
    """Take the stories that the service publishes, where it does."""
    while True:
        reply: Any = client.xread({stream: index.note("stories_after") or START}, count=BATCH)
        entries = [entry for _, found in reply or [] for entry in found]
        if not entries:
            return
        stories = [story for _, fields in entries for value in fields.values() if (story := _story(value)) is not None]
        last = entries[-1][0]
        index.add_stories(stories, stories_after=last.decode() if isinstance(last, bytes) else last)


def _story(value: bytes) -> dict[str, Any] | None:
    with suppress(orjson.JSONDecodeError, TypeError):
        story = orjson.loads(value)
        if isinstance(story, dict) and "specversion" in story:
            story = story.get("data")
        if isinstance(story, dict) and isinstance(story.get("articles"), list) and "independent_sources" in story:
            return story
    return None
