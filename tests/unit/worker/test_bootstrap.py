"""Settings decide who does the work; each part is built once."""

import pytest

from contracts.article import Article
from worker.bootstrap import build_pipeline
from worker.entities.fast.recognizer import FastRecognizer
from worker.entities.geo import Gazetteer
from worker.settings import Settings

ARTICLE = Article(id="a", body="وصل وزير الخارجية المصري سامح شكري إلى بغداد اليوم.")


@pytest.mark.parametrize("recognizer", ["fast", "accurate"])
def test_the_recognizer_is_the_one_of_the_settings(recognizer: str) -> None:
    """What made a record stands in its provenance, and both find what is plain."""
    record = build_pipeline(Settings(recognizer=recognizer))(ARTICLE)
    assert record.provenance.models["entities"].startswith(recognizer)
    assert [entity.name for entity in record.entities or ()] == ["سامح شكري", "بغداد"]


def test_the_start_opens_each_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every worker, dispatcher and `khabar extract` pays for what the start does twice."""
    opened = []
    for kind in (FastRecognizer, Gazetteer):
        name = "__init__"
        original = getattr(kind, name)

        def noting(self: object, *args: object, _original=original, **options: object) -> None:  # type: ignore[no-untyped-def]
            opened.append(type(self).__name__)
            _original(self, *args, **options)

        monkeypatch.setattr(kind, name, noting)
    build_pipeline(Settings())
    assert sorted(opened) == ["FastRecognizer", "Gazetteer"]
