"""Records of small articles, as the pipeline makes them but for Farasa."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from khabar.extractors.registry import load
from khabar.messages.article import Article
from khabar.messages.record import Entity, Mention, Record
from khabar.pipeline.pipeline import Pipeline
from khabar.stories.grouping import Grouping
from tests.identity_engine import IdentityEngine

BEGIN = datetime(2026, 8, 14, 9, tzinfo=UTC)
MakeRecord = Callable[..., Record]


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return Pipeline(
        IdentityEngine(), load(["quantities", "temporal", "origin"]), ["quantities", "temporal", "origin"], version="0"
    )


@pytest.fixture(scope="session")
def make(pipeline: Pipeline) -> MakeRecord:
    """Return a function that makes a record; `hours` after the first one, with these names in it."""

    def make(
        id: str, title: str | None, body: str, *, hours: float | None = 0, outlet: str = "الأولى", names: Any = ()
    ) -> Record:
        at = None if hours is None else BEGIN + timedelta(hours=hours)
        record = pipeline(Article(id=id, title=title, body=body, source=outlet, published_at=at))
        entities = [
            Entity(
                id=f"e{number}",
                type=kind,
                name=name,
                key=name,
                mentions=[Mention(start=0, end=1, text=record.text[:1], kind="name")],
                geo=None,
            )
            for number, (kind, name) in enumerate(names, start=1)
        ]
        return record.model_copy(update={"entities": entities})

    return make


@pytest.fixture
def grouping() -> Grouping:
    return Grouping()
