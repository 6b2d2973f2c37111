"""The three standard streams, whatever the caller made of them: closed, full, or of another encoding."""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper


def mend_streams() -> None:
    """Give every command three open streams.

    A closed standard input reads as empty. A closed standard output refuses writes, because a record that nobody gets must not
    be acknowledged. A character that the stream's encoding lacks is written as an escape.
    """
    if sys.stdin is None:
        sys.stdin = open(_low(os.open(os.devnull, os.O_RDONLY), 0), encoding="utf-8")  # noqa: SIM115
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            # stdout: opened only for reading, so that a write fails. stderr: a write succeeds although nobody reads it.
            flags = os.O_RDONLY if name == "stdout" else os.O_WRONLY
            stream = open(_low(os.open(os.devnull, flags), number), "w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def flush_streams() -> None:
    """Hand on what is buffered, now, where a failure can still be said.

    Raises:
        OSError: standard output takes it no more.
    """
    sys.stdout.flush()
    with suppress(OSError, ValueError):
        sys.stderr.flush()


def give_up_stdout() -> None:
    """Let nothing more be written to a standard output that has failed, or Python would try once more at its end."""
    with suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.close(null)


def _low(descriptor: int, wanted: int) -> int:
    """Move an open file to the number that the stream has, so that no file of ours is taken for it."""
    if descriptor != wanted:
        os.dup2(descriptor, wanted)
        os.close(descriptor)
    return wanted
