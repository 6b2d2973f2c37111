"""The recipes of docs/how-to/archives.md with the real engines: equal bytes, and nothing missing or doubled after a kill."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

import khabar
from tests.articles import article

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "archives"
SHARDS, EACH = 8, 25
KILL_AFTER_S = 120.0  # at the latest
BAD = ["nonsense", "[]", '{"id": "e", "text": "The minister arrived in Baghdad on Monday."}', '{"text": " "}']

Rows = Counter[tuple[str, str]]  # outcome id and line

ENGINES = {"ray_data.py": "ray", "spark.py": "pyspark", "datatrove_step.py": "datatrove", "parallel.sh": ""}


@pytest.fixture(params=ENGINES)
def program(request: pytest.FixtureRequest) -> str:
    """Return a recipe whose engine is installed."""
    name = str(request.param)
    package = ENGINES[name]
    if package and find_spec(package) is None:
        pytest.skip(f"{package} is large and only installed by `make engines`, which runs this test")
    if not package and shutil.which("parallel") is None:
        pytest.skip("GNU parallel is not installed; `apt-get install parallel` and `make engines` run this test")
    if not package and find_spec("ray") is None:
        pytest.skip("`make engines` runs this test: it takes half a minute")
    return name


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows]:
    """Write an archive, and make of it what the queue would, under the same ids."""
    folder = tmp_path_factory.mktemp("archive")
    lines = [json.dumps(article(number), ensure_ascii=False) for number in range(SHARDS * EACH)]
    for shard in range(SHARDS):
        part = lines[shard * EACH : (shard + 1) * EACH]
        if shard == 3:
            part += BAD
        with gzip.open(folder / f"{shard}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in part)
    rows = khabar.Extractor(recognizer="fast")([line.encode() for line in lines + BAD])
    return folder, Counter((row["outcome_id"], row["record"] or row["rejection"]) for row in rows)


def _start(program: str, folder: Path, records: Path) -> "subprocess.Popen[bytes]":
    runner = ["sh"] if program.endswith(".sh") else [sys.executable]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {
        "PATH": path,
        "KHABAR_RECOGNIZER": "fast",
        "PYSPARK_PYTHON": sys.executable,
        "RAY_AUTH_MODE": "disabled",
    }
    with (records.parent / "log").open("ab") as log:
        return subprocess.Popen(
            [*runner, EXAMPLES / program, folder, records],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _rows(program: str, records: Path) -> Rows:
    """Read what an engine has written."""
    found: Rows = Counter()
    if program == "parallel.sh":
        for path in records.glob("*/records.jsonl.zst"):
            found.update((json.loads(line)["outcome_id"], line) for line in _zstd(path).splitlines())
        for path in records.glob("*/rejections.jsonl.zst"):
            for line in _zstd(path).splitlines():
                head, _, rest = line.partition(",")
                found[json.loads(head + "}")["outcome_id"], "{" + rest] += 1
        return found
    if program == "datatrove_step.py":
        for path in records.glob("*.jsonl.zst"):
            for line in _zstd(path).splitlines():
                row = json.loads(line)
                row |= row.pop("metadata", {})
                found[row["outcome_id"], row["record"] or row["rejection"]] += 1
        return found
    from pyarrow import parquet

    for path in records.rglob("*.parquet"):
        for row in parquet.read_table(path).to_pylist():
            found[row["outcome_id"], row["record"] or row["rejection"]] += 1
    return found


def _zstd(path: Path) -> str:
    from backports import zstd

    return zstd.decompress(path.read_bytes()).decode()


def _has_written(records: Path) -> bool:
    """Whether the engine is in the middle of it: something lies in its folder."""
    return bool(_files(records))


def _files(records: Path) -> list[Path]:
    found: list[Path] = []
    for path in records.rglob("*"):
        with suppress(FileNotFoundError):  # renamed meanwhile
            if "logs" not in path.parts and path.is_file() and path.stat().st_size:
                found.append(path)
    return found


def _kill_all(process: "subprocess.Popen[bytes]") -> None:
    """End the engine and all that it has started, at once."""
    import psutil

    family = psutil.Process(process.pid)
    for each in [*family.children(recursive=True), family]:
        try:
            each.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    process.wait()


def _until(condition: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + KILL_AFTER_S
    while not condition() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


def test_killed_and_run_again_every_line_is_there_once(
    program: str, archive: tuple[Path, Rows], tmp_path: Path
) -> None:
    """Whatever the engine writes twice or leaves behind: its rows are those of khabar alone, byte for byte, each once."""
    folder, expected = archive
    records = tmp_path / "records"
    began = time.monotonic()
    process = _start(program, folder, records)
    _until(lambda: _has_written(records), process)
    was_running = process.poll() is None
    _kill_all(process)
    killed = f"killed after {time.monotonic() - began:.0f} s with {len(_files(records))} files written"
    assert was_running, (tmp_path / "log").read_text()[-3_000:]

    assert _start(program, folder, records).wait() == 0, (tmp_path / "log").read_text()[-3_000:]
    found = _rows(program, records)
    missing, more = expected - found, found - expected
    counts = f"{sum(expected.values())} expected, {sum(missing.values())} missing, {sum(more.values())} more or other"
    sys.stderr.write(f"\n{program}: {killed}, run again: {counts}\n")
    assert not missing
    assert not more
