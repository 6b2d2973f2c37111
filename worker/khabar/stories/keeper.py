"""Groups records and says, of each batch, what whoever keeps the state must write: all of it in one step, or none."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from khabar.messages.envelope import EventType, event_bytes, story_event_id
from khabar.messages.record import Record
from khabar.stories.grouping import Change, Grouping
from khabar.stories.members import GONE, Article, Story
from khabar.stories.packing import pack_article, pack_story, unpack_article
from khabar.stories.state import pack_head
from khabar.stories.telling import Told, tell_end, tell_json, told_of

_REMEMBERED: Final = 4_096  # articles whose `Told` is in memory; about 3 kB each
_MOST_MERGED: Final = 100  # ids of stories that a story names as merged into it

Fetch = Callable[[Sequence[int]], Sequence[bytes | None]]


@dataclass(slots=True)
class Writes:
    """A batch's changes of the state, and the events that it publishes.

    Attributes:
        articles, stories: by serial number and by number; None for one that is deleted.
        events: CloudEvents, in their order.
        head: the rest of the state.
    """

    articles: dict[int, bytes | None] = field(default_factory=dict)
    stories: dict[int, bytes | None] = field(default_factory=dict)
    events: list[bytes] = field(default_factory=list)
    head: bytes = b""


class Keeper:
    """A grouping whose state is kept elsewhere.

    Only an article's digest and its place in its story are in memory. The names and figures of an article are fetched when its
    story changes.
    """

    def __init__(self, grouping: Grouping, fetch: Fetch, *, loose: Sequence[int] = ()) -> None:
        """Continue with a grouping.

        Args:
            fetch: returns articles as they were written, by their serial numbers; None for one that is gone.
            loose: serial numbers of articles that are kept although no story lists them.
        """
        self._grouping = grouping
        self._fetch = fetch
        self._loose = set(loose)
        self._oldest = grouping._window.oldest
        self._told: OrderedDict[int, Told] = OrderedDict()
        self._writes = Writes()
        self._changed: dict[int, Story] = {}

    def __len__(self) -> int:
        return len(self._grouping)

    def add(self, record: Record) -> None:
        """Take the next record of the batch."""
        change = self._grouping.add(record)
        if change.article is None or change.digest is None:
            return
        told = told_of(record)
        self._remember(change.article.serial, told)
        self._writes.articles[change.article.serial] = pack_article(change.article, change.digest, told)
        self._forget(change)
        self._publish(change)

    def take_writes(self) -> Writes:
        """Return what the batch has changed, and begin the next."""
        writes, self._writes = self._writes, Writes()
        for number, story in self._changed.items():
            writes.stories[number] = pack_story(story) if self._grouping._members.is_open(story) else None
        self._changed = {}
        writes.head = pack_head(self._grouping)
        return writes

    def _publish(self, change: Change) -> None:
        story = change.story
        for gone_id, gone in change.merged.items():
            end = tell_end(gone_id, revision=gone.revision + 1, merged_into=story.id)
            self._event(gone_id, end.model_dump_json().encode())
            story.merged = (*story.merged, gone_id, *gone.merged)[-_MOST_MERGED:]
            self._changed[gone.number] = gone
        story.revision += 1
        self._changed[story.number] = story
        told = self._told_of(story.articles)
        self._event(story.id, tell_json(story, told, revision=story.revision, merged=story.merged))

    def _event(self, story_id: str, data: bytes) -> None:
        event = event_bytes(EventType.STORY, data, event_id=story_event_id(data), subject=story_id)
        self._writes.events.append(event)

    def _forget(self, change: Change) -> None:
        """Drop the articles that have left the window, except the first of a story that continues: it names the story."""
        oldest = self._grouping._window.oldest
        passed = self._loose.intersection(range(self._oldest, oldest))
        self._loose -= passed
        self._oldest = oldest
        for serial in passed:
            self._drop(serial)
        for story in change.closed:
            self._changed[story.number] = story
            self._let_go(story.articles)
        for story in (*change.shrunk, change.story):
            if self._grouping._members.is_open(story) and story.live < len(story.articles):
                self._changed[story.number] = story
                self._let_go([article for article in story.articles if not _stays(article)])
                story.articles = [article for article in story.articles if _stays(article)]

    def _let_go(self, articles: Sequence[Article]) -> None:
        for article in articles:
            # After a start the index is made again; it needs the codes of all articles from the oldest on.
            if article.serial < self._oldest:
                self._drop(article.serial)
            else:
                self._loose.add(article.serial)

    def _drop(self, serial: int) -> None:
        self._writes.articles[serial] = None
        self._told.pop(serial, None)

    def _told_of(self, articles: Sequence[Article]) -> list[Told]:
        serials = [article.serial for article in articles]
        missing = [serial for serial in serials if serial not in self._told]
        found = {serial: self._told[serial] for serial in serials if serial in self._told}
        written = [self._writes.articles.get(serial) for serial in missing]
        asked = [serial for serial, data in zip(missing, written, strict=True) if data is None]
        fetched = dict(zip(asked, self._fetch(asked), strict=True)) if asked else {}
        for serial, data in zip(missing, written, strict=True):
            data = data or fetched.get(serial)
            found[serial] = unpack_article(data).told if data else Told(None, None, None, {}, {})
        for serial in serials:
            self._remember(serial, found[serial])
        return [found[serial] for serial in serials]

    def _remember(self, serial: int, told: Told) -> None:
        self._told[serial] = told
        self._told.move_to_end(serial)
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)


def _stays(article: Article) -> bool:
    return article.row != GONE or article.role == "first"
