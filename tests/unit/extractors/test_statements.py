"""Reported speech without glyphs: where it begins and ends, its cue, its speaker, and what is done by saying it."""

from pathlib import Path
from typing import Any

import pytest

from khabar.engines.base import Engine
from khabar.extractors import quotations, statements
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.pipeline import Pipeline
from tests.unit.cases import load_cases
from tests.unit.extractors.given_names import GivenNames
from tests.unit.growth import assert_linear

CASES = load_cases(Path(__file__).parent / "cases" / "statements.jsonl")


@pytest.fixture(scope="module")
def with_names(engine: Engine) -> Pipeline:
    return Pipeline(engine, [statements.extractor(), quotations.extractor(), GivenNames()], version="0.0.0")


def _record(pipeline: Pipeline, text: str, names: list[str]) -> Record:
    record = pipeline(Article(id="a", body=text, extra={"names": names}))
    assert isinstance(record, Record)
    assert record.failures == []
    return record


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_statements(with_names: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/statements.jsonl."""
    record = _record(with_names, case["text"], case.get("names", []))
    assert record.statements is not None
    for one in record.statements:
        assert record.text[one.start : one.end] == one.text
        assert one.cue is None or record.text[one.cue.start : one.cue.end] == one.cue.text
    found = [
        [s.text, s.kind, s.speaker and s.speaker.name, s.cue and s.cue.text, s.act, s.modality, s.pro_drop]
        for s in record.statements
    ]
    assert found == case["expect"]


def test_a_statement_tells_which_quotations_stand_in_it(with_names: Pipeline) -> None:
    """A claim that is partly in the speaker's own words is both, linked by index."""
    text = "قال الوزير كريم عازار إن الحكومة ستواصل العمل في كل المدن والقرى وإن خطتها الجديدة «لن تتغير أبدا» في العام المقبل."
    record = _record(with_names, text, ["PER كريم عازار"])
    assert record.statements
    assert record.quotations
    assert [record.quotations[index].text for index in record.statements[0].quotations] == ["لن تتغير أبدا"]


UNITS = [
    *(
        "قال إن ",
        "وفق ما ",
        "بحسب المرصد، ",
        "أعلن إغلاق ",
        "أن ",
        "، قال الوزير إن العمل بدأ",
        "دعا إلى وقف ",
        "إن ، ",
    ),
    *("قال الوزير إن العمل بدأ وأضاف أن الفريق سامي الحداد غادر، مشيرا إلى أن ", "سامي الحداد: قال "),
]


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_linear(with_names: Pipeline, unit: str) -> None:
    """A hostile article must not hold a worker."""

    def read(text: str) -> None:
        with_names(Article(id="a", body=text, extra={"names": ["PER سامي الحداد"]}))

    assert_linear(read, unit, "قال الوزير إن العمل بدأ في المدينة. ")
