"""A record of every layer: khabar's own sample article, with English names."""

import json
from pathlib import Path
from typing import Any

import pytest

FLOOD = Path(__file__).parent / "cases" / "flood.json"


@pytest.fixture
def flood() -> dict[str, Any]:
    """The record; a test may change it."""
    record: dict[str, Any] = json.loads(FLOOD.read_text(encoding="utf-8"))
    return record
