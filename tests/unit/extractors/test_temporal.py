"""Temporal expressions: what is found, what it is worth, and that spelling and marks never change it."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from khabar.engines.base import Engine
from khabar.extractors.registry import load
from khabar.messages.article import Article
from khabar.messages.record import Temporal
from khabar.pipeline.pipeline import Pipeline
from tests.unit.growth import assert_linear

ANCHOR = "2015-08-06"
FILE = Path(__file__).parent / "cases" / "temporal.jsonl"
CASES: list[dict[str, Any]] = [
    json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]
FATHA, TATWEEL, NO_BREAK_SPACE, RIGHT_TO_LEFT_MARK = "\u064e", "\u0640", "\u00a0", "\u200f"


@pytest.fixture(scope="module")
def alone(engine: Engine) -> Pipeline:
    """Return a pipeline of this layer and no other: it uses none."""
    return Pipeline(engine, load(["temporal"]), ["temporal"], version="0.0.0")


def _find(pipeline: Pipeline, text: str, anchor: str | None = ANCHOR) -> list[Temporal]:
    published_at = datetime.fromisoformat(anchor) if anchor else None
    record = pipeline(Article(id="a", body=text, published_at=published_at))
    assert record.temporal is not None, record.failures
    assert all(text[found.start : found.end] == found.text for found in record.temporal)
    return record.temporal


@cache
def _plain(pipeline: Pipeline, text: str, anchor: str | None) -> list[tuple[str | None, ...]]:
    """Return the values in a text as it stands; each change of its spelling is compared with them."""
    return _values(_find(pipeline, text, anchor))


def _values(found: list[Temporal]) -> list[tuple[str | None, ...]]:
    return [(item.type, item.value, item.mod, item.hijri) for item in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['why']}: {case['text'][:20]}")
def test_temporal(alone: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/temporal.jsonl: spans as typed, values, mods and Hijri dates."""
    found = _find(alone, case["text"], case.get("anchor", ANCHOR))
    expect = [tuple(item) + (None,) * (5 - len(item)) for item in case["expect"]]
    assert [(item.text, *values) for item, values in zip(found, _values(found), strict=True)] == expect


def _vowelled(text: str) -> str:
    return "".join(letter + FATHA if letter.isalpha() and letter > "ء" else letter for letter in text)


def _stretched(text: str) -> str:
    return " ".join(
        word[:2] + TATWEEL + word[2:] if word.isalpha() and len(word) > 3 else word for word in text.split(" ")
    )


def _indic(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def _unbreakable(text: str) -> str:
    return text.replace(" ", NO_BREAK_SPACE)


def _marked(text: str) -> str:
    return text.replace(" ", RIGHT_TO_LEFT_MARK + " ")


@pytest.mark.parametrize("change", [_vowelled, _stretched, _indic, _unbreakable, _marked])
def test_spelling_moves_offsets_only(alone: Pipeline, change: Callable[[str], str]) -> None:
    """Diacritics, tatweel, other digits, hard spaces and bidi marks change where, never what."""
    for case in CASES:
        anchor = case.get("anchor", ANCHOR)
        changed = _values(_find(alone, change(case["text"]), anchor))
        assert changed == _plain(alone, case["text"], anchor), case["text"]


def test_the_anchor_is_the_day_as_sent(alone: Pipeline) -> None:
    """Late in the evening of its zone an article is still of that day."""
    found = _find(alone, "وصل أمس", "2015-08-06T23:30:00-05:00")
    assert [item.value for item in found] == ["2015-08-05"]


@pytest.mark.parametrize(
    "unit",
    [
        "1 ",
        "1-",
        "1/",
        "12 و",
        "و",
        "يوم ",
        "الأول والثاني ",
        "قبل ",
        "نحو ",
        "الأحد، ",
        "الساعة 5 ",
        "يناير/",
        "عام ",
        "2015-",
        "5 إلى ",
        "بين 16:00 و",
        "مارس 2014 و",
        "الجمعة الأخيرة من ",
        "مدينة 6 ",
    ],
)
def test_time_is_linear(pipeline: Pipeline, unit: str) -> None:
    """A hostile article must not hold a worker: look-ahead is bounded, in every layer that reads numbers."""
    assert_linear(lambda text: _find(pipeline, text), unit, "قال ")
