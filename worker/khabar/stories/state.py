"""A grouping taken apart and put together again: what it knows beside its articles and stories, and how it gets them back."""

from collections.abc import Iterable, Iterator
from sys import intern

import orjson

from khabar.stories.columns import COLUMNS
from khabar.stories.grouping import Grouping
from khabar.stories.members import Article, Story
from khabar.stories.packing import PackedArticle, Unreadable


def pack_head(grouping: Grouping) -> bytes:
    """Write what a grouping knows beside its articles and stories, as JSON."""
    return orjson.dumps(
        {
            "columns": COLUMNS,
            "clock": grouping._clock,
            "strangers": grouping._strangers,
            "stories": grouping._members.begun,
            "articles": grouping._window.next,
            "buckets": grouping._index.size,
        }
    )


class Restorer:
    """Restores a grouping, so that it continues exactly as the saved one would: head, then stories, then articles."""

    def __init__(self, grouping: Grouping, head: bytes) -> None:
        """Take an empty grouping.

        Raises:
            Unreadable: the head is another version's.
        """
        try:
            self._head = orjson.loads(head)
            if tuple(self._head["columns"]) != COLUMNS:
                raise Unreadable(f"columns {self._head['columns']}")
            grouping._clock = self._head["clock"]
            grouping._strangers = list(self._head["strangers"])
            self._after: int = self._head["articles"]
        except (ValueError, TypeError, KeyError) as error:
            raise Unreadable(str(error)) from error
        self._grouping = grouping
        self._listed: dict[int, tuple[Article, bool]] = {}
        self._has_begun = False

    def add_story(self, story: Story, live: Iterable[int]) -> None:
        """Take a story back; the live of its articles are in the window."""
        alive = frozenset(live)
        for article in story.articles:
            self._listed[article.serial] = article, article.serial in alive
        self._grouping._members.bring_back(story, live=len(alive))

    def add_article(self, packed: PackedArticle) -> bool:
        """Take an article back, after all stories; False where no story lists it."""
        window = self._grouping._window
        if not self._has_begun:
            self._has_begun = True
            window.begin(
                min((serial for serial, (_, live) in self._listed.items() if live), default=self._after), self._after
            )
        found = self._listed.pop(packed.serial, None)
        row = None
        if packed.serial >= window.oldest:
            row = window.bring_back(packed.serial, packed.digest, day=packed.day)
        if found is None:
            return False
        article, is_live = found
        article.id = packed.id
        article.outlet = packed.outlet and intern(packed.outlet)
        article.agency = packed.agency and intern(packed.agency)
        if is_live and row is not None:
            window.set_story([row], article.story)
            self._grouping._members.put_back(article, row, packed.day)
        return True

    def end(self) -> Iterator[Story]:
        """Make the index; yield the stories that miss articles, without these."""
        grouping = self._grouping
        if not self._has_begun:
            grouping._window.begin(self._after, self._after)
        for story in [grouping._members[article.story] for article, _ in self._listed.values()]:
            if grouping._members.is_open(story) and not self._listed.keys().isdisjoint(_serials(story)):
                grouping._members.leave_out(story, self._listed.keys())
                yield story
        grouping._members.begun = self._head["stories"]
        grouping._make_index(self._head["buckets"])


def _serials(story: Story) -> list[int]:
    return [article.serial for article in story.articles]
