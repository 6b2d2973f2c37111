"""Record: what a consumer reads. Every offset is a code point of `text`, `[start, end)`, and text[start:end] is the claim."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

SCHEMA_VERSION = "1.0"

Offset = Annotated[int, Field(ge=0, description="Unicode code points over the record's `text`")]


class Part(BaseModel):
    """A part of the record: immutable, and strict about its own keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Part):
    """A stretch of the text: `[start, end)`."""

    start: Offset
    end: Offset


class Claim(Span):
    """A span that repeats its own words: text[start:end] of the record equals `text`."""

    text: str
