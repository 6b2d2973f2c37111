"""The content of a story: the names and figures of its articles, put together."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import orjson

from khabar.messages.record import Quantity, Record
from khabar.messages.story import STORY_SCHEMA_VERSION
from khabar.messages.story import Story as StoryMessage
from khabar.stories.grouping import Change
from khabar.stories.members import Article, Story

_MOST: Final = 20  # names of each kind, and figures
_MOST_OF_ARTICLE: Final = 60  # names, and figures; those further down say little of the story
_KINDS: Final = {"PER": "people", "ORG": "organisations", "LOC": "places"}
_NameKey = tuple[str, str]
_FigureKey = tuple[float, str, str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """The parts of an article that its story uses.

    Attributes:
        names: (type, key) -> name. figures: (value, category, unit) -> who said it.
    """

    url: str | None
    title: str | None
    at: datetime | None
    names: dict[_NameKey, str]
    figures: dict[_FigureKey, str | None]


class Teller:
    """Keeps of the articles of open stories what their stories say."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}
        self._revisions: Counter[str] = Counter()
        self._merged: dict[str, list[str]] = {}

    def take(self, record: Record, change: Change) -> None:
        """Keep what a record tells, after the grouping has taken it."""
        if change.article is None:
            return
        self._told[record.article.id] = told_of(record)
        self._revisions[change.story.id] += 1
        for gone in change.merged:
            self._merged.setdefault(change.story.id, []).extend([gone, *self._merged.pop(gone, ())])
            self._revisions[change.story.id] += self._revisions.pop(gone, 0)

    def tell(self, story: Story) -> StoryMessage:
        """Return the story as it now is."""
        told = [self._told[article.id] for article in story.articles]
        return tell(story, told, revision=self._revisions[story.id], merged=self._merged.get(story.id, ()))

    def close(self, story: Story) -> StoryMessage:
        """Return the story as it ends, and forget it."""
        last = self.tell(story)
        for article in story.articles:
            self._told.pop(article.id, None)
        self._revisions.pop(story.id, None)
        self._merged.pop(story.id, None)
        return last


def tell(story: Story, told: Sequence[Told], *, revision: int, merged: Sequence[str]) -> StoryMessage:
    """Return what a story says.

    Args:
        told: of each of its articles, in their order.
    """
    return StoryMessage.model_validate(_content(story, told, revision=revision, merged=merged))


def tell_json(story: Story, told: Sequence[Told], *, revision: int, merged: Sequence[str]) -> bytes:
    """Return what `tell` does as JSON, in a third of the time."""
    content = _content(story, told, revision=revision, merged=merged)
    return orjson.dumps(
        {"schema_version": STORY_SCHEMA_VERSION, **content, "merged_into": None}, option=orjson.OPT_UTC_Z
    )


def _content(story: Story, told: Sequence[Told], *, revision: int, merged: Sequence[str]) -> dict[str, Any]:
    times = sorted((each.at for each in told if each.at), key=_comparable)
    central = max(range(len(told)), key=lambda index: story.articles[index].links)
    return {
        "id": story.id,
        "revision": revision,
        "headline": told[central].title,
        "articles": [_article(article, each) for article, each in zip(story.articles, told, strict=True)],
        "agencies": _agencies(story.articles),
        "independent_sources": independent_sources(story.articles),
        **_names(told),
        "figures": _figures(told),
        "first_seen": times[0] if times else None,
        "last_seen": times[-1] if times else None,
        "merged": list(merged),
    }


def tell_end(story_id: str, *, revision: int, merged_into: str) -> StoryMessage:
    """Return the last revision of a story that has gone into another, which has its articles from now on."""
    return StoryMessage(
        id=story_id,
        revision=revision,
        headline=None,
        articles=[],
        agencies=[],
        independent_sources=0,
        people=[],
        organisations=[],
        places=[],
        figures=[],
        first_seen=None,
        last_seen=None,
        merged=[],
        merged_into=merged_into,
    )


def independent_sources(articles: Iterable[Article]) -> int:
    """Return how many tell it in texts of their own; an agency is one source, whichever outlets print it."""
    own = [article for article in articles if article.role != "copy_of"]
    named = {article.agency or article.outlet for article in own}
    return len(named)


def _agencies(articles: Sequence[Article]) -> list[str]:
    """Return the agencies of copies and of what they are copies of, in text order."""
    copied = {article.original for article in articles if article.original}
    behind = (each.agency for each in articles if each.role == "copy_of" or each.id in copied)
    return list(dict.fromkeys(agency for agency in behind if agency))


def told_of(record: Record) -> Told:
    """Return what a story takes from an article."""
    article = record.article
    names = {(each.type, each.key or each.name): each.name for each in record.entities or () if each.role == "story"}
    figures = {
        (figure.value, figure.category, figure.unit): figure
        for figure in record.quantities or ()
        if figure.value is not None
    }
    first = islice(figures.items(), _MOST_OF_ARTICLE)
    return Told(
        article.url,
        article.title,
        article.published_at or article.scraped_at,
        dict(islice(names.items(), _MOST_OF_ARTICLE)),
        {key: said_by(record, figure) for key, figure in first},
    )


def said_by(record: Record, figure: Quantity) -> str | None:
    """Return who is quoted or reported with a figure: the speaker of the shortest claim around it."""
    claims = [*(record.quotations or ()), *(record.statements or ())]
    around = [each for each in claims if each.speaker and each.start <= figure.start and figure.end <= each.end]
    closest = min(around, key=lambda each: each.end - each.start, default=None)
    return closest.speaker.name if closest and closest.speaker else None


def _article(article: Article, told: Told) -> dict[str, Any]:
    return {
        "id": article.id,
        "url": told.url,
        "title": told.title,
        "outlet": article.outlet,
        "at": told.at,
        "role": article.role,
        "original": article.original,
        "share": None if article.share is None else round(article.share, 2),
        "agency": article.agency,
    }


def _names(told: Sequence[Told]) -> dict[str, list[dict[str, Any]]]:
    """Return people, organisations and places, each named as most articles have it."""
    forms: dict[str, dict[str, list[str]]] = {kind: {} for kind in _KINDS}
    for each in told:
        for (kind, key), name in each.names.items():
            if kind in forms:
                forms[kind].setdefault(key, []).append(name)
    return {
        _KINDS[kind]: [
            {
                "name": Counter(names).most_common(1)[0][0] if len(names) > 1 else names[0],
                "key": key,
                "articles": len(names),
            }
            for key, names in heapq.nlargest(_MOST, found.items(), key=_articles)
        ]
        for kind, found in forms.items()
    }


def _articles(pair: tuple[Any, list[Any]]) -> int:
    return len(pair[1])


def _figures(told: Sequence[Told]) -> list[dict[str, Any]]:
    found: dict[_FigureKey, list[Told]] = {}
    for each in told:
        for key in each.figures:
            found.setdefault(key, []).append(each)
    made = []
    for key, tellers in heapq.nlargest(_MOST, found.items(), key=_articles):
        value, category, unit = key
        speakers: Iterator[str] = (name for each in tellers if (name := each.figures[key]))
        made.append(
            {
                "value": value,
                "category": category,
                "unit": unit,
                "said_by": next(speakers, None),
                "at": min((each.at for each in tellers if each.at), key=_comparable, default=None),
                "articles": len(tellers),
            }
        )
    return made


def _comparable(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
