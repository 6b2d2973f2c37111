"""Settings of the stories service: whether it runs, how far apart articles are compared, how much it publishes ahead."""

from pydantic import BaseModel, ConfigDict, Field


class StoriesSettings(BaseModel):
    """Whether the stories service runs, how far apart articles are compared, how much it publishes ahead."""

    model_config = ConfigDict(frozen=True, defer_build=True)  # what is validated is Settings

    stories: bool = Field(
        True,
        description="Whether `khabar up` also runs the stories service, which groups records by event (docs/how-to/stories.md).",
    )
    stories_window_days: float = Field(
        7.0,
        gt=0,
        le=60,
        description="Days beyond which two articles are not compared. 10,000 articles take 20 MB in service and broker each.",
    )
    max_stories: int = Field(
        20_000,
        ge=100,
        description="Revisions kept on the stream of stories. Without a consumer group the oldest are removed; with one the "
        "service waits until its revisions are acknowledged.",
    )
