"""CloudEvents 1.0, structured JSON mode, around a record, a rejection or a story; ids that depend only on the content.

There is no `time`, on purpose: the same article and pipeline version give the same bytes on every machine, at any time.
Source: CloudEvents 1.0.2, and its JSON event format 1.0.2.
"""

from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from khabar.messages.record import Record
from khabar.messages.rejection import Rejection
from khabar.messages.story import Story

SOURCE = "khabar"  # a relative URI-reference, as CloudEvents wants it
CONTENT_TYPE: Final = "application/json"
ID_BYTES = 16  # of a SHA-256


class EventType(StrEnum):
    """The kind of data in an event: a record, a rejection or a story."""

    RECORD = "khabar.record.v1"
    REJECTION = "khabar.rejection.v1"
    STORY = "khabar.story.v1"


class Envelope(BaseModel):
    """One event, its data not yet validated, so a consumer that only routes or counts does not pay for validation."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = Field(default="1.0", description="Version of CloudEvents.")
    id: str = Field(
        description="Hash of article id, text and pipeline version; of a story, of its data. The same outcome has the same id."
    )
    source: str = Field(default=SOURCE, description="Who made it.")
    type: EventType = Field(description="What `data` is.")
    subject: str | None = Field(
        default=None, description="The article's id, absent where it could not be read; of a story, its id."
    )
    traceparent: str | None = Field(
        default=None,
        description="W3C trace context of the step that made it (CloudEvents' distributed tracing extension); absent where the "
        "article was pushed without one. The only attribute that article and pipeline do not decide.",
    )
    datacontenttype: Literal["application/json"] = Field(default=CONTENT_TYPE, description="Media type of `data`.")
    data: dict[str, Any] = Field(description="A Record, a Rejection or a Story, as `type` says.")

    def record(self) -> Record:
        """Validate the data as a Record; keys of later versions are ignored.

        Raises:
            pydantic.ValidationError: the data are not a valid record.
        """
        return Record.model_validate(self.data, extra="ignore")

    def rejection(self) -> Rejection:
        """Validate the data as a Rejection; keys of later versions are ignored.

        Raises:
            pydantic.ValidationError: the data are not a valid rejection.
        """
        return Rejection.model_validate(self.data, extra="ignore")

    def story(self) -> Story:
        """Validate the data as a Story; keys of later versions are ignored.

        Raises:
            pydantic.ValidationError: the data are not a valid story.
        """
        return Story.model_validate(self.data, extra="ignore")


def outcome_id(article_id: str, text: str, version: str) -> str:
    """Return the id of an outcome: a hash of an article's id, its text and the pipeline's version.

    Args:
        article_id: Article.id.
        text: Article.text; a corrected article has a new outcome id.
        version: the pipeline's version; a changed pipeline gives new outcome ids.

    Returns:
        32 hexadecimal digits.
    """
    digest = sha256()
    for part in (article_id, text, version):
        data = part.encode()
        digest.update(len(data).to_bytes(8))  # lengths, so that different triples never give the same bytes
        digest.update(data)
    return digest.hexdigest()[: 2 * ID_BYTES]


def story_event_id(data: bytes) -> str:
    """Return the id of one revision of a story: a hash of its data, 32 hexadecimal digits."""
    return sha256(data).hexdigest()[: 2 * ID_BYTES]


def unreadable_id(original: bytes) -> str:
    """Return the outcome id of an item that could not be read as an article: a hash of its bytes, 32 hexadecimal digits."""
    return sha256(original).hexdigest()[: 2 * ID_BYTES]


def event_bytes(
    event_type: EventType, data: bytes | BaseModel, *, event_id: str, subject: str | None, traceparent: str = ""
) -> bytes:
    r"""Write one event as JSON in UTF-8, without \u escapes.

    Args:
        event_type: the kind of `data`.
        data: the record, rejection or story; bytes must be JSON already and are embedded unchanged.
        event_id: result of outcome_id(), unreadable_id() or story_event_id().
        subject: id of the article or story; None where the article could not be read.
        traceparent: W3C trace context of the step that makes the event; empty for none.
    """
    body = data if isinstance(data, bytes) else data.model_dump_json().encode()
    event: dict[str, Any] = {"specversion": "1.0", "id": event_id, "source": SOURCE, "type": event_type.value}
    if subject:  # CloudEvents: a subject that is present is not empty
        event["subject"] = subject
    if traceparent:
        event["traceparent"] = traceparent
    event["datacontenttype"] = CONTENT_TYPE
    event["data"] = orjson.Fragment(body)
    return orjson.dumps(event)


def open_event(event: bytes) -> Envelope:
    """Read one event.

    Raises:
        ValueError: it is not JSON, or not an event of khabar (pydantic.ValidationError is a ValueError).
    """
    return Envelope.model_validate(orjson.loads(event))
