"""Settings decide who does the work; each part is built once."""

import os
import subprocess
import sys

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


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_a_worker_multiplies_in_one_thread() -> None:
    """A second thread of numpy's waits in a busy loop: an article took 8 to 21 ms of processor time instead of 1.3.

    In a process of its own, for what loads numpy first decides. It cannot fail on a machine of one core.
    """
    code = (
        "import os; from worker.bootstrap import build_pipeline; from worker.settings import Settings;"
        "build_pipeline(Settings()); print(len(os.listdir('/proc/self/task')))"
    )
    environment = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["1"]
