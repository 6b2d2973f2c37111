"""Logs name what went wrong and quote nothing of what it went wrong with."""

import pydantic
import pytest

from khabar.logs import describe_exception


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
