"""Which article belongs to which story, and whose copy it is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from math import floor
from sys import intern
from typing import Literal

from khabar.messages.record import Record

Role = Literal["first", "copy_of", "own"]
GONE = -1  # the row of an article that has left the window
_HOURS = 24


@dataclass(slots=True)
class Article:
    """An article of a story.

    Attributes:
        id: the record's. outlet: its source. agency: the news agency that the article names as its source.
        role: first of its story, copy of another article, or a text of its own.
        serial: its number in the order in which articles came, from 1.
        row: its row of the window; GONE once it has left the window.
        story: number of its story.
        original: id of the article that it is a copy of: never itself a copy.
        share: of the shorter of the two texts, how much is also in the other, 0 to 1.
        links: sum of its likenesses to the story's other articles: the article with the greatest sum is the most central.
    """

    id: str
    outlet: str | None
    agency: str | None
    role: Role
    row: int = GONE
    story: int = 0
    serial: int = 0
    original: str | None = None
    share: float | None = None
    links: float = 0.0


@dataclass(slots=True)
class Story:
    """Articles on one event.

    Attributes:
        number: from 1, in the order in which stories begin.
        articles: in the order in which they came, those that have left the window too.
        live: how many have not.
        revision: how often it was told. merged: ids of stories that have gone into it; kept by who tells it.
    """

    number: int
    articles: list[Article] = field(default_factory=list)
    live: int = 0
    revision: int = 0
    merged: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A hash of the id of the article that began it."""
        first = next((article for article in self.articles if article.role == "first"), self.articles[0])
        return sha256(first.id.encode()).hexdigest()[:16]

    def newest_rows(self, most: int) -> list[int]:
        """Return the rows of the newest articles in the window, at most `most`, the newest first."""
        return list(islice((article.row for article in reversed(self.articles) if article.row != GONE), most))


class Members:
    """The stories with an article in the window.

    Attributes:
        begun: how many stories have begun.
    """

    def __init__(self) -> None:
        self._stories: dict[int, Story] = {}
        self._articles: dict[str, Article] = {}
        self._of_hour: dict[int, list[Article]] = {}
        self.begun = 0

    def __len__(self) -> int:
        return len(self._articles)

    def __getitem__(self, number: int) -> Story:
        return self._stories[number]

    def stories(self) -> Iterator[Story]:
        """Yield the stories, the oldest first."""
        yield from self._stories.values()

    def story_of(self, article_id: str) -> Story | None:
        """Return the story of an article in the window."""
        article = self._articles.get(article_id)
        return self._stories[article.story] if article else None

    def begin(self, record: Record, row: int, day: float) -> Story:
        """Begin a story with an article."""
        self.begun += 1
        story = self._stories[self.begun] = Story(self.begun)
        self._put(story, _article(record, "first"), row, day)
        return story

    def join(
        self, story: Story, record: Record, row: int, day: float, *, original: Article | None, share: float
    ) -> Article:
        """Put an article into a story.

        Args:
            original: the article that it is a copy of; what that is a copy of counts instead.
            share: of the text that they have in common.
        """
        article = _article(record, "copy_of" if original else "own")
        if original:
            article.original, article.share = original.original or original.id, share
        self._put(story, article, row, day)
        return article

    def merge(self, younger: Story, older: Story) -> None:
        """Let the articles of the younger story be the older one's."""
        for article in younger.articles:
            article.story = older.number
            if article.role == "first":
                article.role = "own"
        older.articles += younger.articles
        older.live += younger.live
        del self._stories[younger.number]

    def drop_before(self, day: float) -> tuple[list[int], list[Story], list[Story]]:
        """Forget the articles before the day (in days since 1970).

        By the hour: at the end of a day a large window would lose a seventh of its articles at once.

        Returns:
            Their rows, the stories that have no article left, and those that have lost some.
        """
        gone: list[int] = []
        touched: dict[int, Story] = {}
        for past in sorted(each for each in self._of_hour if each + 1 <= day * _HOURS):
            for article in self._of_hour.pop(past):
                gone.append(article.row)
                article.row = GONE
                del self._articles[article.id]
                story = touched[article.story] = self._stories[article.story]
                story.live -= 1
        closed = [story for story in touched.values() if not story.live]
        for story in closed:
            del self._stories[story.number]
        return gone, closed, [story for story in touched.values() if story.live]

    def is_open(self, story: Story) -> bool:
        """Whether a story is neither over nor gone into another."""
        return self._stories.get(story.number) is story

    def bring_back(self, story: Story, *, live: int) -> None:
        """Take back a story that was kept elsewhere, the oldest first; its articles in the window follow by `put_back`."""
        story.live = live
        self._stories[story.number] = story

    def put_back(self, article: Article, row: int, day: float) -> None:
        """Let an article of a story that was brought back be in the window."""
        article.row = row
        self._articles[article.id] = article
        self._of_hour.setdefault(floor(day * _HOURS), []).append(article)

    def leave_out(self, story: Story, lost: Collection[int]) -> None:
        """Do without the articles of a story that was brought back whose serial numbers these are: none was `put_back`."""
        story.articles = [article for article in story.articles if article.serial not in lost]
        story.live = sum(article.row != GONE for article in story.articles)
        if not story.live:
            del self._stories[story.number]

    def _put(self, story: Story, article: Article, row: int, day: float) -> None:
        article.story = story.number
        story.articles.append(article)
        story.live += 1
        self.put_back(article, row, day)


def _article(record: Record, role: Role) -> Article:
    source = record.article.source
    agency = record.origin.agency if record.origin else None
    return Article(record.article.id, source and intern(source), agency and intern(agency), role)
