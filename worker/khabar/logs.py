"""Logs as JSON lines: time, level, action, message, and whatever ids belong to it; never an article's words."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from khabar.controls import escape_json_line

# Libraries put what they failed at into their messages: a task's arguments, a message's body.
LIBRARIES = frozenset({"amqp", "asyncio", "billiard", "celery", "kombu", "redis"})
SHOWN_CHARS = 200
SHOWN_FRAMES = 8
SHOWN_CAUSES = 4


def configure_logs(level: str) -> None:
    """Send every logger of this process, Celery's included, to standard error as JSON lines.

    Args:
        level: DEBUG, INFO, WARNING or ERROR.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                _cut_libraries,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _name_exception,
                _JSONRenderer(),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        )
    )
    for library in LIBRARIES:  # their debugging prints arguments
        logging.getLogger(library).setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    # Celery's two lines for each batch say less than our one.
    for chatty in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


class _JSONRenderer:
    """JSON in which a terminal is told nothing, for logs are read on one: names of keys and groups may be anything."""

    def __init__(self) -> None:
        self._render = structlog.processors.JSONRenderer(ensure_ascii=False)

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        return escape_json_line(str(self._render(logger, method, event)))


def _cut_libraries(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the first line of a library's message, up to 200 characters, and nothing that it adds."""
    record: logging.LogRecord = event["_record"]
    if record.name.partition(".")[0] in LIBRARIES:
        event["event"] = str(event["event"]).partition("\n")[0][:SHOWN_CHARS]
        event.pop("data", None)
    return event


def _name_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write an exception as types and places. Its message is left out: pydantic's, for one, quotes what it was given."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = describe_exception(error)
    return event


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
