"""Read the open stories of a running service from its state; changes nothing."""

import heapq
from collections.abc import Iterator
from typing import Any, Final

from redis import Redis

from khabar.keys.names import Names
from khabar.keys.unreadable import skip
from khabar.messages.story import Story as StoryMessage
from khabar.stories.members import Story
from khabar.stories.packing import Unreadable, unpack_article, unpack_story
from khabar.stories.telling import tell

_PAGE: Final = 500


def largest(client: "Redis", names: Names, *, most: int, least: int = 1) -> list[StoryMessage]:
    """Return the largest open stories as they now are, the largest first; of two as large, the one that changed more often.

    Args:
        most: how many.
        least: articles of a story at least.
    """
    sized = ((len(story.articles), story.revision, -story.number, story) for story in _stories(client, names))
    found = heapq.nlargest(most, (each for each in sized if each[0] >= least), key=lambda each: each[:3])
    return [told for *_, story in found if (told := _told(client, names, story))]


def _stories(client: "Redis", names: Names) -> Iterator[Story]:
    for field, data in client.hscan_iter(names.open_stories, count=_PAGE):
        try:
            yield unpack_story(int(field), data)[0]
        except (Unreadable, ValueError) as error:
            skip(names.open_stories, error)


def _told(client: "Redis", names: Names, story: Story) -> StoryMessage | None:
    stored: Any = client.hmget(names.story_articles, [str(article.serial) for article in story.articles])
    told = []
    articles = []
    for article, data in zip(story.articles, stored, strict=True):
        try:
            packed = unpack_article(data or b"")
        except Unreadable:  # gone since, with the window
            continue
        article.id, article.outlet, article.agency = packed.id, packed.outlet, packed.agency
        articles.append(article)
        told.append(packed.told)
    if not articles:
        return None
    story.articles = articles
    return tell(story, told, revision=story.revision, merged=story.merged)
