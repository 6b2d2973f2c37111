"""Why an article is refused: one exception, and every reason by name."""

from enum import StrEnum


class Code(StrEnum):
    """Why there is a Rejection instead of a Record. Consumers may match on these; they are never renamed."""

    TOO_LARGE = "too_large"  # over the size limit, before parsing
    UNDECODABLE = "undecodable"  # bytes that are not UTF-8
    INVALID_JSON = "invalid_json"
    NOT_AN_OBJECT = "not_an_object"  # JSON, but no object of named fields
    WRONG_TYPE = "wrong_type"  # a field holds something that it cannot mean
    NO_TEXT = "no_text"
    NOT_ARABIC = "not_arabic"
    EXTRACTION_FAILED = "extraction_failed"  # the pipeline raised, every time
    WORKER_LOST = "worker_lost"  # killed or lost its process, every time
    TIMED_OUT = "timed_out"  # ran over its time limit, every time
    OUT_OF_MEMORY = "out_of_memory"  # ran over its process's memory limit, every time


class RejectedArticle(Exception):
    """This article can never become a record; it goes to the dead letters with this code, field and reason.

    The message never carries the article's words.

    Attributes:
        code: why, by name.
        field: the field at fault as the producer called it; None where the whole item is.
        reason: one sentence for a person.
        place: the step that refused it.
    """

    def __init__(self, code: Code, *, field: str | None, reason: str, place: str) -> None:
        super().__init__(code, field, reason, place)
        self.code = code
        self.field = field
        self.reason = reason
        self.place = place

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason
