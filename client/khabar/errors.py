"""Everything that khabar raises for its users: one root, each error with the exit code of a command that ends by it."""

from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """Exit codes of `khabar`; 2 is also what a wrong option gives. Scripts may rely on them.

    Attributes:
        meaning: when a command ends so; docs/reference/exit_codes.md lists them all.
    """

    meaning: str

    def __new__(cls, number: int, meaning: str = "") -> "Exit":
        """Make a number that says what it means."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.meaning = meaning
        return code

    OK = (
        0,
        "Done. Single articles may have been rejected: the command reports them, and they are among the dead letters.",
    )
    FAILED = 1, "Something failed that is not a fault of the input; the message says what."
    USAGE = 2, "The command line, a setting or an argument cannot be used."
    UNREADABLE = 3, "A file is missing, is empty, or has a format that khabar cannot read."
    NO_BROKER = 4, "The broker cannot be reached, or it refuses."
    ALL_REJECTED = 5, "Every single article was rejected."
    QUEUE_FULL = 6, "The queue stayed full for as long as was allowed; run the same command again to continue."
    UNHEALTHY = 7, "`status`: the broker answers, but no dispatcher or no worker has shown life."
    STALLED = 8, "`status`: they are alive, but nothing gets finished, or reading has stopped; the message says which."
    AILING = (
        9,
        "`status`: articles pass, but some were lost to the machine's faults, or reading will soon stop; the message says which.",
    )
    DIFFERENT = 10, "`replay`: this version makes other records of the same articles."
    INTERRUPTED = 130, "Ctrl-C. If run again, `push` continues where it stopped."
    TERMINATED = 143, "SIGTERM. `up`, `relay` and `records --group`, which run until then, end with 0."


class Code(StrEnum):
    """Why there is a Rejection instead of a Record. Consumers may match on these; they are never renamed."""

    # One sentence about the article for docs/reference/exit_codes.md. It is not in the docstring, which is in the JSON Schema.
    meaning: str

    def __new__(cls, name: str, meaning: str = "") -> "Code":
        """Make a name that says what it means."""
        code = str.__new__(cls, name)
        code._value_ = name
        code.meaning = meaning
        return code

    TOO_LARGE = "too_large", "It is over a limit: of bytes, before it is parsed, or of tokens."
    UNDECODABLE = "undecodable", "Its bytes are not UTF-8."
    INVALID_JSON = "invalid_json", "It is not valid JSON."
    NOT_AN_OBJECT = "not_an_object", "It is JSON, but not an object with named fields."
    WRONG_ENTRY = "wrong_entry", "The entry of the ledger lacks the field that holds the article."
    WRONG_TYPE = "wrong_type", "A field has a value of a wrong type, or one that makes no sense there."
    NO_TEXT = "no_text", "No field has the article's text."
    NOT_ARABIC = "not_arabic", "Its text is not Arabic."
    EXTRACTION_FAILED = "extraction_failed", "The pipeline raised an error at every attempt."
    WORKER_LOST = "worker_lost", "Its worker process was killed or lost at every attempt."
    TIMED_OUT = "timed_out", "It ran over its time limit at every attempt."
    OUT_OF_MEMORY = "out_of_memory", "It ran over the memory limit of its process at every attempt."


# Codes of a machine that is too busy, too small or broken; on another day the same article becomes a record.
MACHINE_CODES = frozenset({Code.TIMED_OUT, Code.WORKER_LOST, Code.OUT_OF_MEMORY})


class KhabarError(Exception):
    """The root of khabar's errors: one sentence for a person, without passwords and without the article's words.

    Attributes:
        exit_code: how a command ends that is ended by it.
    """

    exit_code: Exit = Exit.FAILED


class RejectedArticle(KhabarError):
    """This article can never become a record; it goes to the dead letters with this code, field and reason.

    Attributes:
        code: why, by name.
        field: the field at fault as the producer called it; None where the whole item is.
        reason: one sentence for a person.
        place: the step that refused it.
    """

    exit_code = Exit.ALL_REJECTED

    def __init__(self, code: Code, *, field: str | None, reason: str, place: str) -> None:
        super().__init__(code, field, reason, place)
        self.code = code
        self.field = field
        self.reason = reason
        self.place = place

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class SourceError(KhabarError):
    """The input as a whole cannot be read (further); the items before the fault were good and have been given out."""

    exit_code = Exit.UNREADABLE


class BrokerError(KhabarError):
    """The broker cannot do it now, or at all. A publisher keeps what is not confirmed; flush() again adds none twice."""

    exit_code = Exit.NO_BROKER


class QueueFull(BrokerError):
    """The ledger is at its cap, or the broker's memory, and stayed so for the whole waiting time; nothing was added."""

    exit_code = Exit.QUEUE_FULL


class BrokerUnavailable(BrokerError):
    """The broker was away or in trouble for the whole outage time; the message says which trouble, and what helps."""


class BrokerRefused(BrokerError):
    """The broker answered, but will not do it: password, rights, wrong key type. Waiting will not help."""


class UnusableUrl(BrokerRefused, ValueError):
    """The broker's URL is not valid; one sentence that says what is wrong and holds no password."""

    exit_code = Exit.USAGE


class GroupDetached(KhabarError):
    """This consumer group was taken out, and records may have gone without it.

    `khabar groups attach NAME` puts it back where it stood and says how many it has missed.
    """


class InvalidSettings(KhabarError, ValueError):
    """Some settings cannot be used; the message has a line for each."""

    exit_code = Exit.USAGE


class NotInstalled(KhabarError, ImportError):
    """A part of khabar is used that is not installed; the message says what to install."""

    exit_code = Exit.USAGE


class UnusablePlugin(KhabarError, ValueError):
    """A part of another package, or a file that was added to khabar, cannot be used; nothing is started."""

    exit_code = Exit.USAGE


class SinkError(KhabarError):
    """A sink cannot write any further; the records since its last flush are not acknowledged, and come again."""


class TransientError(KhabarError):
    """This attempt failed, the next may not: retried with backoff, then a dead letter."""


class ArticleTimedOut(BaseException):
    """One article ran over its time. Not an Exception, so that no extractor swallows it: the attempt fails, not a layer."""


class CommandError(KhabarError):
    """Ends a command with one sentence on standard error, where no other error says it.

    Attributes:
        exit_code: how the command exits.
    """

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.exit_code = code
