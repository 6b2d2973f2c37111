"""Logs name what went wrong and quote nothing of what it went wrong with."""

import json
import logging
import sys

import pydantic
import pytest

from khabar.logs import JsonLines, describe_exception


class Strict(pydantic.BaseModel):
    """Takes a number alone."""

    number: int


def test_an_exception_is_named_by_types_and_places() -> None:
    """A message of pydantic holds the value that was refused; a UnicodeDecodeError holds the bytes."""
    try:
        try:
            Strict.model_validate({"number": "canary"})
        except pydantic.ValidationError as error:
            assert "canary" in str(error)
            raise RuntimeError("canary") from error
    except RuntimeError as error:
        lines = describe_exception(error)
    assert [line.partition(":")[0] for line in lines] == ["RuntimeError", "ValidationError"]
    assert "test_logs.py" in lines[0]
    assert "canary" not in " ".join(lines)


def test_a_chain_without_end_is_cut() -> None:
    """An exception that is its own cause would otherwise fill the disk."""
    error = ValueError("one")
    error.__cause__ = error
    assert len(describe_exception(error)) < 10


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError()])
def test_an_exception_that_was_never_raised_has_no_places(error: BaseException) -> None:
    """Celery hands such on to its handlers."""
    assert describe_exception(error) == [f"{type(error).__name__}: "]


def _line(name: str, message: str, *arguments: object, **added: object) -> dict[str, object]:
    record = logging.getLogger(name).makeRecord(name, logging.WARNING, "f", 1, message, arguments, None, extra=added)
    written = JsonLines().format(record)
    assert "\n" not in written
    line: dict[str, object] = json.loads(written)
    return line


def test_a_record_is_one_line_of_json_with_what_was_added() -> None:
    """A person greps for words, a machine reads ids; a line break in a message would be two lines of neither."""
    line = _line("worker", "خبر %s\nof two lines", 3, action="batch_done", lane="live", other={1})
    assert line.pop("timestamp")
    assert line == {
        "event": "خبر 3\nof two lines",
        "level": "warning",
        "logger": "worker",
        "action": "batch_done",
        "lane": "live",
        "other": "{1}",
    }


def test_a_library_is_cut_short() -> None:
    """Celery and kombu put whole messages into theirs, and into what they add."""
    line = _line("kombu.transport", "first " + "x" * 500 + "\nsecond", data={"body": "canary"})
    assert line["event"] == ("first " + "x" * 500)[:200]
    assert line.keys() == {"event", "level", "logger", "timestamp"}


def test_a_logged_exception_quotes_nothing() -> None:
    """It is written as its type and places."""
    try:
        raise ValueError("canary")
    except ValueError:
        record = logging.getLogger("worker").makeRecord("worker", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    written = JsonLines().format(record)
    assert "canary" not in written
    assert json.loads(written)["exception"][0].startswith("ValueError: test_logs.py:")
