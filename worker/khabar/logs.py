"""Logs as JSON lines: time, level, action, message, and whatever ids belong to it; never an article's words."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from khabar.controls import escape_json_line

# Libraries put what they failed at into their messages: a task's arguments, a message's body.
LIBRARIES = frozenset({"amqp", "asyncio", "billiard", "celery", "kombu", "redis"})
SHOWN_CHARS = 200
SHOWN_FRAMES = 8
SHOWN_CAUSES = 4

_OF_EVERY_RECORD: Final = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime"))


def configure_logs(level: str) -> None:
    """Send every logger of this process, Celery's included, to standard error as JSON lines.

    Args:
        level: DEBUG, INFO, WARNING or ERROR.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for library in LIBRARIES:  # their debugging prints arguments
        logging.getLogger(library).setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    # Celery's two lines for each batch say less than our one.
    for chatty in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, with what the caller added."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = record.getMessage()
        is_ours = record.name.partition(".")[0] not in LIBRARIES
        line: dict[str, object] = {
            "event": message if is_ours else message.partition("\n")[0][:SHOWN_CHARS],
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if is_ours:  # of a library's message the first line is enough, and nothing that it adds
            line |= {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        # Its message is left out, because it may quote the input, as pydantic's does.
        if record.exc_info and record.exc_info[1]:
            line["exception"] = describe_exception(record.exc_info[1])
        # Logs are read on a terminal, and names of keys and groups may be anything.
        return escape_json_line(json.dumps(line, ensure_ascii=False, default=repr))


def describe_exception(error: BaseException) -> list[str]:
    """Return one line an exception, the last first, each with the innermost places that it came through."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(lines) < SHOWN_CAUSES:
        frames = traceback.extract_tb(cause.__traceback__)[-SHOWN_FRAMES:]
        places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
        lines.append(f"{type(cause).__name__}: {places}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return lines
