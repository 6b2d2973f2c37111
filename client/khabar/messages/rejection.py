"""Rejection: the dead letter, an article that did not become a record, with why and with the original."""

import base64
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from khabar.errors import Code, RejectedArticle
from khabar.keys.names import Lane

SCHEMA_VERSION: Final = "1.0"

# A producer keeps only the beginning of an item over the size limit: its source still has the item, and the broker's memory is
# for articles. An item that is already in the ledger is kept whole up to WHOLE_BYTES, to be requeued under a higher limit.
KEPT_BYTES = 64 * 1024

# As written in JSON: an article of 2 MiB, twice the default limit, in which every byte is escaped to six. Without this limit,
# 90 MB of NUL would become an event of 540 MB, which no broker accepts: its entry would stay in the ledger.
WHOLE_BYTES = 12 << 20
_ESCAPED_TO_SIX = bytes(range(0x20))


class Rejection(BaseModel):
    """The reason why an article has no record, with the bytes received.

    The schema names what this version writes. A code, lane or schema version of a later one is read as text, so that its dead
    letters can be listed and requeued.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal["1.0", "1.1"] | SkipJsonSchema[str] = Field(
        default=SCHEMA_VERSION, description="A later minor version only adds keys; see docs/reference/messages.md."
    )
    code: Code | SkipJsonSchema[str] = Field(description="Why, by name; safe to match on.", union_mode="left_to_right")
    field: str | None = Field(default=None, description="The field at fault as the producer called it.")
    reason: str = Field(description="One sentence for a person; never the article's words.")
    place: str = Field(description="The step that refused it.")
    attempts: int = Field(default=1, ge=0, description="How often it was tried.")
    article_id: str | None = Field(default=None, description="Null where the original could not be read.")
    lane: Lane | SkipJsonSchema[str] | None = Field(
        default=None,
        description="The ledger it came through; null where it never entered one.",
        union_mode="left_to_right",
    )
    original: str | None = Field(default=None, description="The bytes received, as text.")
    original_base64: str | None = Field(default=None, description="The same in base64 where it is not UTF-8.")
    is_cut: bool = Field(default=False, description="Only the beginning was kept; it cannot be requeued.")

    @property
    def original_bytes(self) -> bytes:
        """The received article as bytes."""
        if self.original_base64 is not None:
            return base64.b64decode(self.original_base64)
        return (self.original or "").encode()


def make_rejection(
    error: RejectedArticle,
    original: bytes,
    *,
    attempts: int = 1,
    article_id: str | None = None,
    lane: Lane | None = None,
    is_cut: bool = False,
) -> Rejection:
    """Make the dead letter for an article that was refused.

    Args:
        error: why.
        original: the article as it was received.
        attempts: how often it was tried.
        article_id: where the original could be read.
        lane: the ledger that it came through.
        is_cut: keep only its first KEPT_BYTES, which may be all that its source gave out. So it is as well where the whole
            would take more than WHOLE_BYTES.
    """
    is_cut = is_cut or _written_bytes(original) > WHOLE_BYTES
    text, base64_text = _write_original(original[:KEPT_BYTES] if is_cut else original, is_cut=is_cut)
    return Rejection(
        code=error.code,
        field=error.field,
        reason=error.reason,
        place=error.place,
        attempts=attempts,
        article_id=article_id,
        lane=lane,
        original=text,
        original_base64=base64_text,
        is_cut=is_cut,
    )


def _write_original(original: bytes, *, is_cut: bool) -> tuple[str | None, str | None]:
    try:
        return original.decode(), None
    except UnicodeDecodeError as error:
        if is_cut and error.start > len(original) - 4:
            return original[: error.start].decode(), None  # the cut went through a character
        return None, base64.b64encode(original).decode("ascii")


def _written_bytes(original: bytes) -> int:
    """Return at most how many bytes it takes in JSON: marks are escaped to two, control characters to six, base64 takes 4/3."""
    if len(original) > WHOLE_BYTES:
        return len(original)
    escaped = len(original) - len(original.translate(None, _ESCAPED_TO_SIX))
    marks = original.count(b'"') + original.count(b"\\")
    return max(len(original) + 5 * escaped + marks, len(original) * 4 // 3)
