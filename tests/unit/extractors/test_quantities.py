"""Quantities: what counts, how much, and of what."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from khabar.engines.base import Engine
from khabar.extractors.base import Extractor
from khabar.extractors.quantities import QuantityExtractor
from khabar.messages.article import Article
from khabar.messages.record import Quantity, Temporal
from khabar.pipeline.pipeline import Pipeline
from tests.identity_engine import IdentityEngine
from tests.unit.cases import load_cases
from tests.unit.growth import assert_linear

CASES = load_cases(Path(__file__).parent / "cases" / "quantities.jsonl")
CODES = load_cases(Path(__file__).parent / "cases" / "quantity_codes.jsonl")


@pytest.fixture(scope="module")
def alone(engine: Engine) -> Pipeline:
    """Return a pipeline without temporal expressions: the layer must be right where that one failed."""
    return Pipeline(engine, [QuantityExtractor()], ["quantities"], version="0.0.0")


def _quantities(pipeline: Pipeline, text: str) -> list[Quantity]:
    record = pipeline(Article(id="a", body=text))
    assert record.quantities is not None
    assert all(text[found.start : found.end] == found.text for found in record.quantities)
    return record.quantities


def _values(found: list[Quantity]) -> list[tuple[Any, ...]]:
    return [(item.value, item.lower, item.upper, item.modifier, item.category) for item in found]


@cache
def _plain(pipeline: Pipeline, text: str) -> list[tuple[Any, ...]]:
    """Return the values in a text as it stands; each change of its spelling is compared with them."""
    return _values(_quantities(pipeline, text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_quantities(alone: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/quantities.jsonl: span, value or bounds, modifier, unit, category."""
    found = [
        [
            item.text,
            [item.lower, item.upper] if item.value is None else item.value,
            item.modifier,
            item.unit,
            item.category,
        ]
        for item in _quantities(alone, case["text"])
    ]
    assert found == case["expect"]


@pytest.mark.parametrize("case", CODES, ids=lambda case: case["why"])
def test_codes_of_measures_and_currencies(alone: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/quantity_codes.jsonl: unit, UCUM code, ISO 4217 code; null beats a guess."""
    record = alone(Article(id="a", body=case["text"], source=case.get("source"), url=case.get("url")))
    assert record.quantities is not None
    assert [[item.unit, item.unit_code, item.currency] for item in record.quantities] == case["expect"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        lambda text: text.replace("ل", "ل\u064e").replace("ن", "ن\u064f"),
        lambda text: text.replace("ما", "مـا").replace("شخص", "شـخص"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: "\u200f" + text.replace(" ", " \u200e"),
        lambda text: unicodedata.normalize("NFD", text),
    ],
    ids=["digits", "diacritics", "tatweel", "no-break spaces", "direction marks", "NFD"],
)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_typing_habits_change_no_value(alone: Pipeline, case: dict[str, Any], change: Any) -> None:
    """Digits, diacritics, tatweel, invisible characters: offsets move, nothing else."""
    text = case["text"]
    assert _values(_quantities(alone, change(text))) == _plain(alone, text)


def test_two_articles_in_one_give_the_quantities_of_both(alone: Pipeline) -> None:
    """Nothing is carried over an empty line."""
    texts = [case["text"] for case in CASES]
    apart = [values for text in texts for values in _plain(alone, text)]
    assert _values(_quantities(alone, "\n\n".join(texts))) == apart


class _FixedTemporal(Extractor):
    layer = "temporal"

    def extract(self, document: Any) -> list[Temporal]:
        return [Temporal(start=0, end=7, text=document.raw[:7], type="DATE", value=None, mod=None)]


def test_what_is_temporal_is_no_quantity() -> None:
    """One expression is in one layer."""
    pipeline = Pipeline(IdentityEngine(), [QuantityExtractor(), _FixedTemporal()], version="0.0.0")
    found = _quantities(pipeline, "40 كتابا و50 لوحة")
    assert [item.text for item in found] == ["50 لوحة"]


@pytest.mark.parametrize(
    "unit",
    [
        "1 ",
        "1-",
        "1 من ",
        "بين 1 و",
        "و",
        "و ",
        "مليون ",
        "مئة و",
        "نحو ",
        "قتل 3 ",
        "بينهم 3 ",
        "3 أشخاص ",
        "سيارتين ",
        "قريتي ",
        "واحد ",
        "% ",
        '"',
        "(1) ",
        "على الأقل ",
        "1 234 ",
        "1،234،",
        "-1 ",
        "+1 ",
        "ر.س ",
        "5 دينار ",
        "تجاوز عدد ",
        "ناقص ",
        "لقي 3 رجال ",
    ],
)
def test_time_is_linear(alone: Pipeline, unit: str) -> None:
    """A hostile article must not hold a worker."""
    assert_linear(lambda text: _quantities(alone, text), unit, "قال المصدر ")
