"""Origin: agency and dateline, by the cases and by what must not change them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from khabar.engines.base import Engine
from khabar.extractors.registry import load
from khabar.grammar.page.credits import agencies_of
from khabar.messages.article import Article
from khabar.messages.record import Origin
from khabar.pipeline.pipeline import Pipeline
from tests.unit.cases import load_cases
from tests.unit.growth import assert_linear

CASES = load_cases(Path(__file__).parent / "cases" / "origin.jsonl")


@pytest.fixture(scope="module")
def alone(engine: Engine) -> Pipeline:
    """Return a pipeline of this layer and of what it reads."""
    return Pipeline(engine, load(["origin"]), ["origin"], version="0.0.0")


def _origin(pipeline: Pipeline, body: str, **fields: Any) -> tuple[Origin, str]:
    record = pipeline(Article(id="a", body=body, **fields))
    assert not record.failures
    assert record.origin is not None
    return record.origin, record.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_origin(pipeline: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/origin.jsonl; the dateline's offsets give the place as typed."""
    fields = {name: case[name] for name in ("title", "author", "source") if name in case}
    origin, text = _origin(pipeline, case["text"], **fields)
    dateline = origin.dateline
    assert [origin.agency, dateline and dateline.place] == case["expect"]
    if dateline:
        assert text[dateline.start : dateline.end].strip() == text[dateline.start : dateline.end] != ""


_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآؤئء"
_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
DISGUISES: dict[str, Callable[[str], str]] = {
    "diacritics": lambda text: re.sub(f"([{_LETTERS}])(?=[{_LETTERS}])", "\\1\u064e", text),
    "tatweel": lambda text: re.sub(f"([بتثجحخسشصضطظعغفقكلمنهي])(?=[{_LETTERS}])", "\\1ـ", text),
    "nbsp": lambda text: text.replace(" ", "\u00a0"),
    "bidi marks": lambda text: re.sub(r"([^\Wـ]+)", "\u200f\\1\u200f", text) if "&" not in text else text,
    "NFD": lambda text: normalize("NFD", text),
    "Arabic-Indic digits": lambda text: text.translate(_INDIC),
    "curly quotes": lambda text: text.replace("«", "“").replace("»", "”"),
    "straight quotes": lambda text: text.replace("«", '"').replace("»", '"'),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_dirt_changes_offsets_alone(alone: Pipeline, disguise: str) -> None:
    """The same words in other code points have the same origin."""
    disguised = DISGUISES[disguise]
    for case in CASES:
        fields = {name: disguised(case[name]) for name in ("title", "author", "source") if name in case}
        origin, _ = _origin(alone, disguised(case["text"]), **fields)
        found = [origin.agency, origin.dateline and origin.dateline.place]
        assert found == case["expect"], case["why"]


def test_what_follows_changes_nothing(alone: Pipeline) -> None:
    """Two stories joined by an empty line open as the first does."""
    first = "الرياض (واس) أعلنت الوزارة خطتها.\n\n"
    origin, _ = _origin(alone, first + "بيروت - رويترز: عاد الوفد مساء.")
    assert origin == _origin(alone, first)[0]


@pytest.mark.parametrize("piece", ["- ", "رويترز - ", "واس، ", "م ", "1 ", "(", "وكالة "])
def test_a_long_field_is_read_in_linear_time(piece: str) -> None:
    """The author field comes from outside like the text."""
    assert_linear(agencies_of, piece)
