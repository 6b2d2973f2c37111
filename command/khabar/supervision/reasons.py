"""Why a process ended, for a person: its own last words, and what is wrong with the machine."""

import os
import re
import shutil
from pathlib import Path

import orjson

SAID_BYTES = 64 << 10  # of a log, from its end
SAID_CHARS = 300
LITTLE_BYTES = 16 << 20  # less free disk than this is the likeliest reason of all
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # where Celery's children have their semaphores

# The broker begins each line of its log with this: "14309:M 30 Nov 2026 00:07:57.607 # ".
_BROKER_LINE = re.compile(r"^\d+:\w (\d+ \w+ \d+ [\d:.]+) ([.\-*#]) (.*)$")
# Its first line about every start, and its last lines about every end: they explain no failure.
_BROKER_FAREWELL = re.compile(r"WARNING Memory overcommit|Valkey is now ready to exit|bye bye|Module lua unloaded")
_WORDS = (
    ("Address already in use", "another program listens on its port: stop that one, or choose another with --port"),
    ("No space left", "the disk is full"),
    ("Short write while writing to the AOF", "the disk is full"),
    ("Permission denied", "this user has no right to it"),
    ("Read-only file system", "the folder cannot be written"),
    (
        "Bad file format reading the append only file",
        "the append-only file is damaged: docs/explanation/reliability.md says what to do",
    ),
    (
        "wrong signature trying to load the DB",
        "the append-only file is damaged: docs/explanation/reliability.md says what to do",
    ),
)


def last_words(log: Path | None, *, since: int = 0) -> str:
    """Return the last line that tells something in a log, or nothing.

    Args:
        since: byte at which the log stood when the process was started; what was written before is another's.
    """
    lines = [words for line in read_since(log, since).split("\n") if (words := _words(line))]
    return lines[-1][:SAID_CHARS] if lines else ""


def machine_troubles(folder: Path | None, *, needs_shared_memory: bool) -> list[str]:
    """Return what is wrong with this machine, one clause each.

    Args:
        folder: where the process writes; None where it writes nothing.
        needs_shared_memory: whether it is a worker.
    """
    found = []
    if folder is not None:
        try:
            free = shutil.disk_usage(folder).free
            if free < LITTLE_BYTES:
                found.append(f"the disk of {folder} has {free / 1e6:,.1f} MB left: make room")
            elif not os.access(folder, os.W_OK | os.X_OK):
                found.append(f"{folder} cannot be written by this user")
        except OSError as error:
            found.append(f"{folder} cannot be reached ({error.strerror})")
    if needs_shared_memory and not (SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK)):
        found.append(
            f"{SHARED_MEMORY} is missing or cannot be written: mount a tmpfs there (docker: --shm-size, --tmpfs)"
        )
    return found


def explain(log: Path | None, folder: Path | None, *, since: int, needs_shared_memory: bool = False) -> str:
    """Say why a process ended, in one clause; nothing where nothing is known."""
    said = read_since(log, since)
    known = [meaning for words, meaning in _WORDS if words in said]
    troubles = machine_troubles(folder, needs_shared_memory=needs_shared_memory)
    last = last_words(log, since=since)
    return "; ".join(dict.fromkeys([*troubles, *known, *([f"it said: {last}"] if last else [])]))


def broker_losses(log: Path, *, since: int, bytes_before: int, bytes_after: int) -> list[str]:
    """Return what the embedded broker did not take from its append-only file at this start, one sentence each.

    Args:
        bytes_before: size of the append-only files before the start.
        bytes_after: the same when it was ready.
    """
    said = read_since(log, since)
    found = []
    if "loaded anyway because aof-load-truncated" in said or bytes_after < bytes_before:
        found.append(
            f"the broker's append-only file ended in the middle of a write: its last {max(bytes_before - bytes_after, 0):,} "
            f"bytes could not be read and are gone. That is a write which was never answered, or a damaged disk ({log})"
        )
    refused = [words for line in said.split("\n") if "== CRITICAL ==" in line and (words := _words(line))]
    if refused:
        commands = "1 command" if len(refused) == 1 else f"{len(refused):,} commands"
        found.append(
            f"the broker refused {commands} of its append-only file, so articles or records may be missing: "
            f"{refused[0][:SAID_CHARS]} ({log})"
        )
    return found


def read_since(log: Path | None, since: int) -> str:
    """Return what a log has gained since a byte, its end where that is much."""
    try:
        if log is None:
            return ""
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(since if since <= size else 0, size - SAID_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def _words(line: str) -> str:
    """Return what a line of a log says, without its frame: JSON of ours, the broker's own form, or the line as it is."""
    line = line.strip()
    if line.startswith("{"):
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            return line
        if event.get("level") not in ("warning", "error", "critical"):
            return ""
        exception = event.get("exception")
        words = str(event.get("event", ""))
        return f"{words} ({exception[0]})" if isinstance(exception, list) and exception else words
    if found := _BROKER_LINE.match(line):
        return "" if found[2] != "#" or _BROKER_FAREWELL.search(found[3]) else found[3]
    return line
