"""Article: what a producer sends."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Article(BaseModel):
    """One news article. Only its words are required."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    url: str | None = None
    title: str | None = None
    body: str = ""
    source: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    scraped_at: datetime | None = None
    section: str | None = None
    tags: list[str] = []
    extra: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The text that all offsets count in: title + two newlines + body, unstripped; the body alone without a title."""
        return f"{self.title}\n\n{self.body}" if self.title else self.body
