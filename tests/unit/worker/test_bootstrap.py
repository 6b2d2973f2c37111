"""Settings decide who does the work; each part is built once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from khabar.bootstrap import build_pipeline, build_pipelines
from khabar.engines.farasa_embedded.cache import default_cache_dir
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.entities.geo import Gazetteer
from khabar.keys.names import Lane
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.settings import InvalidSettings, Settings, load_settings

ARTICLE = Article(id="a", body="وصل وزير الخارجية المصري سامح شكري إلى بغداد اليوم.")


def made_by(record: Record) -> str:
    """Return which recognizer found a record's names."""
    return record.provenance.models["entities"].partition(" ")[0]


@pytest.mark.parametrize("recognizer", ["fast", "accurate"])
def test_the_recognizer_is_the_one_of_the_settings(recognizer: str) -> None:
    """What made a record stands in its provenance, and both find what is plain."""
    record = build_pipeline(Settings(recognizer=recognizer))(ARTICLE)
    assert made_by(record) == recognizer
    assert [entity.name for entity in record.entities or ()] == ["سامح شكري", "بغداد"]


def test_news_is_read_accurately_and_archives_fast() -> None:
    """The news of a day is a few articles a second; an archive is millions."""
    pipelines = build_pipelines(Settings())
    assert {lane: made_by(pipeline(ARTICLE)) for lane, pipeline in pipelines.items()} == {
        Lane.LIVE: "accurate",
        Lane.BACKFILL: "fast",
    }
    assert pipelines[Lane.LIVE].version != pipelines[Lane.BACKFILL].version


def test_without_onnxruntime_all_is_read_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smaller installation works as it is; only whoever asks for the accurate recognizer is told what is missing."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    pipelines = build_pipelines(Settings())
    assert made_by(pipelines[Lane.LIVE](ARTICLE)) == "fast"
    assert pipelines[Lane.LIVE] is pipelines[Lane.BACKFILL]
    for name in ("recognizer", "backfill_recognizer"):
        with pytest.raises(InvalidSettings, match=rf"KHABAR_{name.upper()}: .*pip install 'khabar\[accurate\]'"):
            load_settings(**{name: "accurate"})


def test_lanes_without_entities_share_their_version() -> None:
    """Who finds names is of no account where none are wanted."""
    pipelines = build_pipelines(Settings(layers=("tokens",)))
    assert pipelines[Lane.LIVE].version == pipelines[Lane.BACKFILL].version


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


def test_nothing_is_reported_to_anybody(tmp_path: Path) -> None:
    """A library that opens a model tells its maker so unless it is told not to; what it will send it keeps at home."""
    code = (
        "from khabar.bootstrap import build_pipeline; from khabar.settings import Settings; build_pipeline(Settings())"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    homes = {
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "KHABAR_CACHE_DIR": str(default_cache_dir()),  # khabar's own, elsewhere
    }
    subprocess.run([sys.executable, "-c", code], env=environment | homes, check=True)
    assert list(tmp_path.iterdir()) == []


# Both mains, with what Celery would run replaced by what a worker process does; threads are counted at the end.
IN_A_WORKER = """
from khabar.host import __main__ as host, app as built
from khabar.host.service import Worker
built.app.worker_main = lambda _: Worker(built.settings).pipelines
host.main()
"""
IN_A_COMMAND = """
from khabar.__main__ import main
try:
    main()
except SystemExit as exit:
    assert not exit.code, exit
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize(
    ("code", "arguments"), [(IN_A_WORKER, []), (IN_A_COMMAND, ["extract"])], ids=["worker", "command"]
)
def test_a_process_of_khabars_own_multiplies_in_one_thread(code: str, arguments: list[str]) -> None:
    """A second thread of numpy's waits in a busy loop: an article took 8 to 21 ms of processor time instead of 1.3.

    In a process of its own, for what loads numpy first decides. It cannot fail on a machine of one core.
    """
    count = "import os, sys; print(len(os.listdir('/proc/self/task')), 'numpy' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    run = subprocess.run(
        [sys.executable, "-c", code + count, *arguments],
        env=environment,
        input=ARTICLE.body,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines()[-1] == "1 True", run.stderr
