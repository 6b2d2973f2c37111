"""Origin: agency and dateline, by the cases and by what must not change them."""

from pathlib import Path
from typing import Any

import pytest

from contracts.article import Article
from contracts.record import Origin
from tests.unit.cases import load_cases
from worker.pipeline.pipeline import Pipeline

CASES = load_cases(Path(__file__).parent / "cases" / "origin.jsonl")


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
