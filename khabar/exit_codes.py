"""How the command ends. Scripts may rely on these."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `khabar`; 2 is also what a wrong option gives."""

    OK = 0  # done; single articles may have been rejected, they are reported and among the dead letters
    FAILED = 1  # something that is nobody's input went wrong; the message says what
    USAGE = 2  # the command line, the settings or an argument cannot be used
    UNREADABLE = 3  # a file is missing, empty or not in a form that khabar reads
    NO_BROKER = 4  # the broker cannot be reached, or refuses
    ALL_REJECTED = 5  # every single article was rejected
    QUEUE_FULL = 6  # the queue stayed full for as long as was allowed; run the same command again to go on
    UNHEALTHY = 7  # `status`: reachable, but no dispatcher or no worker is at work
    STALLED = 8  # `status`: they are, but nothing gets on, or reading has stopped; the message says which
    INTERRUPTED = 130  # Ctrl-C; `push` goes on where it stopped when it is run again


class CommandError(Exception):
    """Ends the command with one sentence on standard error.

    Attributes:
        code: how the command exits.
    """

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.code = code
