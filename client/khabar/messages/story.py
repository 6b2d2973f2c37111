"""Story: which articles are on one event, which of them are copies, and what they say."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from khabar.messages.record import Part, Share

STORY_SCHEMA_VERSION: Final = "1.0"

Count = Annotated[int, Field(ge=1)]


class StoryArticle(Part):
    """An article of a story."""

    id: str = Field(description="The record's article.id.")
    url: str | None = Field(description="Its address, as sent.")
    title: str | None = Field(description="As received.")
    outlet: str | None = Field(description="The record's article.source.")
    at: datetime | None = Field(description="When it was published, else scraped.")
    role: Literal["first", "copy_of", "own"] = Field(
        description="first of its story to arrive; copy_of another article of the story; own: a text of its own."
    )
    original: str | None = Field(description="Id of the article that it is a copy of, itself never a copy; else null.")
    share: Share | None = Field(description="Share of the shorter text that is also in the other; null unless a copy.")
    agency: str | None = Field(description="The agency that the article names as its origin.")


class StoryName(Part):
    """A person, organisation or place of a story."""

    name: str = Field(description="As most of the articles have it.")
    key: str = Field(description="The record's entity key, which joined the articles.")
    articles: Count = Field(description="How many articles of the story name it.")


class StoryFigure(Part):
    """A figure that articles of a story report."""

    value: float = Field(description="The plain number.")
    category: str = Field(description="As in the record's quantities.")
    unit: str | None = Field(description="The counted noun, as the first article writes it.")
    said_by: str | None = Field(
        description="Who is quoted or reported with it, in the first article that tells; null where none does."
    )
    at: datetime | None = Field(description="When the first article with it was published.")
    articles: Count = Field(description="How many articles report it.")


class Story(Part):
    """Articles on one event, as known at this revision."""

    schema_version: Literal["1.0"] = Field(
        default=STORY_SCHEMA_VERSION, description="A later minor version only adds keys."
    )
    id: str = Field(description="A hash of the id of the story's first article.")
    revision: Count = Field(description="How many changes the story has seen.")
    headline: str | None = Field(description="Title of the article that is most like the others.")
    articles: list[StoryArticle] = Field(
        description="In the order in which they came. On the stream: the first one, and those of the window; earlier revisions "
        "have the others."
    )
    agencies: list[str] = Field(description="The agencies behind the copies.")
    independent_sources: Annotated[int, Field(ge=0)] = Field(
        description="Outlets with a text that is no copy, where the texts of one agency count as one."
    )
    people: list[StoryName] = Field(
        description="Those that most articles name come first; of each kind at most twenty."
    )
    organisations: list[StoryName] = Field(description="As people.")
    places: list[StoryName] = Field(description="As people.")
    figures: list[StoryFigure] = Field(description="Those that most articles report come first.")
    first_seen: datetime | None = Field(description="The earliest time of its articles.")
    last_seen: datetime | None = Field(description="The latest time of its articles.")
    merged: list[str] = Field(
        description="Ids of stories that were found to be this one. Stories merge and are never split: an article that has "
        "joined a story is in it, or in the one that it has gone into."
    )
    merged_into: str | None = Field(
        default=None,
        description="Id of the story that this one has gone into, with all its articles: its last revision. Null before.",
    )
