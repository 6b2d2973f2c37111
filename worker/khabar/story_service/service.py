"""The service's loop: hold the stories, take records in their order, group them, commit. Any number may run; one is at work."""

import logging
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from redis.exceptions import RedisError

from khabar.broker.wording import describe_failure
from khabar.errors import GroupDetached
from khabar.keys.names import EVENT_FIELD
from khabar.keys.unreadable import read_each
from khabar.liveness.pulse import Pulse
from khabar.messages.envelope import EventType, open_event
from khabar.messages.record import Record
from khabar.retention.stories import StoryRetention
from khabar.stories.grouping import Grouping
from khabar.stories.keeper import Keeper, Writes
from khabar.stories.needed import read_needed
from khabar.stories.packing import Unreadable, unpack_article, unpack_story
from khabar.stories.state import Restorer
from khabar.story_service.feed import MISSED, Entry, Lost
from khabar.story_service.store import UNREADABLE, StoryStore

log = logging.getLogger(__name__)

BATCH: Final = 64  # records a commit: about 0.15 s of work
IDLE_WAIT_MS: Final = 1_000  # longest wait for a record; a stop is noticed after it
STANDBY_WAIT_S: Final = 0.5
REFUSED_WAIT_S: Final = 5.0  # where only a person can help
HOUSE_EVERY_S: Final = 1.0
PAGE: Final = 1_000  # articles brought back between two signs of life


@dataclass(slots=True)
class Batch:
    """Changes to be committed.

    Attributes:
        done: ids of the records. counted: counter -> by how much it rises.
    """

    writes: Writes
    done: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)


class StoryService:
    """One process of the service."""

    def __init__(
        self, store: StoryStore, retention: StoryRetention, *, pulse: Pulse, window_days: float, batch: int = BATCH
    ) -> None:
        self._store = store
        self._retention = retention
        self._pulse = pulse
        self._days = window_days
        self._batch = batch
        self._keeper: Keeper | None = None
        self._open: Batch | None = None  # grouped, and not known to be committed
        self._hostile: set[str] = set()
        self._full: str | None = None
        self._next_house = self._next_sign = 0.0
        self._said = ""

    def run(self, stop: threading.Event) -> None:
        """Make stories until `stop` is set; an outage of the broker is waited through."""
        self._pulse.start()
        while not stop.is_set():
            wait_s = self._try_step()
            self._show_life()
            if wait_s:
                stop.wait(wait_s)
        with suppress(RedisError):
            self._store.let_go()
        self._pulse.end()

    def _try_step(self) -> float:
        """Take a step; how long to wait before the next."""
        try:
            wait_s = self.step()
        except Lost as error:
            log.warning("the stories are loaded again", extra={"action": "stories_lost", "why": str(error)})
            self._drop()
            return STANDBY_WAIT_S
        except GroupDetached as error:
            return self._refuse(str(error))
        except RedisError as error:
            if "NOGROUP" in str(error):  # the group was removed, or lost with the broker's data: join again
                self._drop()
            return self._refuse(f"broker unavailable or refusing: {describe_failure(error)}", STANDBY_WAIT_S)
        except Exception:  # foreign data in our keys must not end the service
            log.exception("a step has failed", extra={"action": "stories_step_failed"})
            self._drop()
            return REFUSED_WAIT_S
        if self._keeper is not None:
            self._said = ""
        return wait_s

    def step(self) -> float:
        """Commit what is open, or take, group and commit the next records; return how long to wait before the next step.

        Raises:
            Lost: another process has taken over, or the broker went back in time: begin again from its state.
        """
        if not self._store.hold():
            if self._keeper is not None:
                raise Lost("another process holds the stories")
            return STANDBY_WAIT_S
        if self._keeper is None:
            self._keeper = self._bring_back()
        self._keep_house()
        if self._open is None and self._full is None:
            self._open = self._next(self._keeper)
        if self._open is not None:
            self._store.commit(self._open.writes, self._open.done, self._open.counted)
            self._hostile.difference_update(self._open.done)
            self._open = None
        elif self._keeper is not None:
            self._store.wait(timeout_ms=IDLE_WAIT_MS)
        return 0.0 if self._full is None else STANDBY_WAIT_S

    def _next(self, keeper: Keeper) -> Batch | None:
        """Group the next records; None where no record waits, or one of them must be left out first."""
        entries = self._store.take(self._batch)
        if not entries:
            return None
        batch = Batch(Writes())
        for entry in entries:
            batch.done.append(entry[0])
            record = self._read(entry, batch)
            if record is None:
                continue
            try:
                keeper.add(record)
            except RedisError:  # in the middle of a batch
                self._drop()
                raise
            except Exception:  # the other records must not wait: begin again, and leave this one out
                log.exception("a record cannot be grouped", extra={"action": "story_failed", "entry": entry[0]})
                self._hostile.add(entry[0])
                self._drop()
                return None
        batch.writes = keeper.take_writes()
        return batch

    def _read(self, entry: Entry, batch: Batch) -> Record | None:
        """Return the record of an entry; an entry without a record is counted."""
        name, fields = entry
        if fields is None:
            batch.counted[MISSED] += 1
            return None
        try:
            event = open_event(fields.get(EVENT_FIELD, b""))
            if event.type is EventType.RECORD and name not in self._hostile:
                return read_needed(event.data)
        except (ValueError, RecursionError) as error:
            log.warning(
                "a record cannot be read",
                extra={"action": "story_unreadable", "entry": name, "error": type(error).__name__},
            )
        batch.counted[UNREADABLE] += 1
        return None

    def _bring_back(self) -> Keeper:
        """Return a keeper that continues where the last commit ended."""
        missed = self._store.join()
        if missed:
            log.warning(
                "records were gone before they could become stories",
                extra={"action": "stories_missed", "records": missed},
            )
        try:
            keeper = self._restored()
        except Unreadable as error:
            log.error(
                "the stories' state cannot be read; the service starts with none",
                extra={"action": "stories_anew", "why": str(error)},
            )
            self._store.forget()
            keeper = Keeper(Grouping(window_days=self._days), self._store.fetch)
        log.info("stories are made", extra={"action": "stories_held", "articles": len(keeper)})
        return keeper

    def _restored(self) -> Keeper:
        grouping = Grouping(window_days=self._days)
        head = self._store.head()
        loose: list[int] = []
        if head:
            restorer = Restorer(grouping, head)
            names = self._store.names
            stories = read_each(names.open_stories, lambda each: unpack_story(*each), self._store.stories())
            for story, live in sorted(stories, key=lambda pair: pair[0].number):
                restorer.add_story(story, live)
            articles = read_each(names.story_articles, lambda each: unpack_article(each[1]), self._store.articles())
            for number, packed in enumerate(articles):
                if not restorer.add_article(packed):
                    loose.append(packed.serial)
                if number % PAGE == 0:
                    self._store.hold()
                    self._show_life()
            for story in restorer.end():
                log.error("a story misses articles", extra={"action": "story_misses", "story": story.number})
        return Keeper(grouping, self._store.fetch, loose=loose)

    def _drop(self) -> None:
        self._keeper = self._open = None

    def _keep_house(self) -> None:
        now = time.monotonic()
        if now >= self._next_house:
            self._next_house = now + HOUSE_EVERY_S
            self._retention.trim()
            self._full = self._retention.full()

    def _refuse(self, why: str, wait_s: float = REFUSED_WAIT_S) -> float:
        if why != self._said:
            log.warning("%s", why, extra={"action": "stories_wait"})
        self._said = why
        return wait_s

    def _show_life(self) -> None:
        now = time.monotonic()
        if now >= self._next_sign:
            self._next_sign = now + 1.0
            self._pulse.live(reading_stopped=self._full)
