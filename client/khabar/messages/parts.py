"""Base classes for all parts of a record: a strict model, a span of the text, a span that repeats its words."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

Offset = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
START: Final = "Where it begins: Unicode code points over the record's `text`, from 0; not UTF-16 units, not bytes."
END: Final = "Where it ends: the first code point behind it, counted as `start`."


class Part(BaseModel):
    """A part of a record: immutable and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Part):
    """A stretch of the record's text."""

    start: Offset = Field(description=START)
    end: Offset = Field(description=END)


class Claim(Span):
    """A span that repeats its own words."""

    text: str = Field(description="text[start:end] of the record.")
