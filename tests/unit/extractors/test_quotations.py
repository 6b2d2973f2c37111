"""Speech between quotation glyphs, its cue and its speaker. The names are given: who is named is another layer's matter."""

from pathlib import Path
from typing import Any

import pytest

from khabar.engines.base import Engine
from khabar.extractors.quotations import extractor
from khabar.messages.article import Article
from khabar.messages.record import Quotation
from khabar.pipeline.pipeline import Pipeline
from tests.unit.cases import load_cases
from tests.unit.extractors.given_names import GivenNames
from tests.unit.growth import assert_linear

CASES = load_cases(Path(__file__).parent / "cases" / "quotations.jsonl")


@pytest.fixture(scope="module")
def with_names(engine: Engine) -> Pipeline:
    return Pipeline(engine, [extractor(), GivenNames()], version="0.0.0")


def _quotations(pipeline: Pipeline, case: dict[str, Any]) -> list[Quotation]:
    article = Article(id="a", title=case.get("title"), body=case["text"], extra={"names": case.get("names", [])})
    record = pipeline(article)
    assert record.failures == []
    assert record.quotations is not None
    for quotation in record.quotations:
        assert record.text[quotation.start : quotation.end] == quotation.text
        if quotation.cue:
            assert record.text[quotation.cue.start : quotation.cue.end] == quotation.cue.text
    return record.quotations


def _with_known_faults(cases: list[dict[str, Any]]) -> list[Any]:
    """Mark the cases that are known to go wrong; one that goes right has to lose its mark."""
    return [
        pytest.param(case, marks=[pytest.mark.xfail(reason=case["fault"], strict=True)] if "fault" in case else [])
        for case in cases
    ]


@pytest.mark.parametrize("case", _with_known_faults(CASES), ids=lambda case: case["why"])
def test_quotations(with_names: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/quotations.jsonl; a kind of null is one on which careful readers differ, `fault` a known one."""
    found = [
        [q.text, q.kind, q.speaker and q.speaker.name, q.cue and q.cue.text, q.pro_drop]
        for q in _quotations(with_names, case)
    ]
    for row, expected in zip(found, case["expect"], strict=False):
        row[1] = row[1] if expected[1] else None
    assert found == case["expect"]


UNITS = [
    *('"', "«", "»", "« ", '"كلمة ', "قال: «", "«\n", "((", "قال أن ", "وفق "),
    # Many cues and quotations in one sentence: each must be found without a look at all the others.
    *("«كان هنا» قال ", "وقال «كان هنا أمس» وأضاف «إن العمل بدأ» ", "«كان هنا أمس» ", "بحسب الوزير «كان هنا» "),
    *("حث «كان هنا أمس» ", "حث أن «كان هنا أمس» ", "فقال ", "قال المدير «كان هنا أمس» المدير سامي الحداد "),
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("before", ["قال الوزير إن العمل بدأ في المدينة. ", "حث الوزير على أن "])
def test_time_is_linear(with_names: Pipeline, unit: str, before: str) -> None:
    """A hostile article must not hold a worker."""

    def read(text: str) -> None:
        with_names(Article(id="a", body=text, extra={"names": ["PER سامي الحداد"]}))

    assert_linear(read, unit, before)
