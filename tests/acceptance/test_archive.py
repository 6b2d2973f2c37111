"""`khabar extract --shards` and `khabar remember` as commands: killed, run again, and told to a broker."""

import gzip
import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from backports import zstd

import khabar as khabar_library
from khabar.archive.manifest import MANIFEST, read_manifest
from khabar.errors import Exit
from tests.acceptance.service import KHABAR, Service, khabar
from tests.articles import json_lines
from tests.broker import Broker
from tests.waiting import wait_until

SHARDS, EACH = 3, 40
SAMPLES = Path(__file__).parents[2] / "command" / "khabar" / "cli" / "samples" / "scraped.jsonl"
SETTINGS = {"KHABAR_LAYERS": "tokens", "KHABAR_RECOGNIZER": "fast"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return a folder of compressed JSON lines."""
    folder = tmp_path / "in"
    folder.mkdir()
    for shard in range(SHARDS):
        (folder / f"{shard}.jsonl.gz").write_bytes(gzip.compress(json_lines(EACH, first=shard * EACH).encode()))
    return folder


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Return a broker that runs."""
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


def _lines(output: Path) -> list[str]:
    return sorted(
        line
        for path in output.glob("*/records.jsonl.zst")
        for line in zstd.decompress(path.read_bytes()).decode().splitlines()
    )


def _ended(service: Service) -> int:
    found = service.client.hmget(service.names.counters, ["record", "duplicate"])
    return sum(int(count or 0) for count in found)


def test_an_archive_killed_and_run_again_is_whole_and_its_articles_are_duplicates_later(
    archive: Path, broker: Broker, tmp_path: Path
) -> None:
    """Each line of `khabar extract` once, whatever was killed; the queue makes the same bytes, and none of these again."""
    output = tmp_path / "out"
    command = [KHABAR, "extract", "--processes", "1", "--shards", str(output), str(archive)]
    running = subprocess.Popen(command, env=os.environ | SETTINGS, stderr=subprocess.DEVNULL, start_new_session=True)
    wait_until(lambda: list(output.glob("*/manifest.json")) or running.poll() is not None, every_s=0.001)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    with (tmp_path / "stopped").open("wb") as said:
        running = subprocess.Popen(command, env=os.environ | SETTINGS, stderr=said, start_new_session=True)
    wait_until(lambda: b"shards" in (tmp_path / "stopped").read_bytes() or running.poll() is not None)
    running.send_signal(signal.SIGINT)
    assert running.wait() == Exit.INTERRUPTED
    assert "stopped; run the same command again to continue" in (tmp_path / "stopped").read_text()

    done = khabar(*command[1:], env=SETTINGS)
    assert done.returncode == Exit.OK, done.stderr
    assert f"{SHARDS} shards, all complete" in done.stderr
    assert read_manifest(output / MANIFEST).records == SHARDS * EACH
    assert sorted(path.name for path in output.iterdir()) == [*(f"{n}.jsonl.gz" for n in range(SHARDS)), MANIFEST]
    new = json_lines(2, first=1_000)
    alone = khabar("extract", "-", input=json_lines(SHARDS * EACH) + new, env=SETTINGS).stdout.splitlines()
    assert _lines(output) == sorted(alone[:-2])

    told = khabar("remember", str(output), "--redis-url", broker.url, env=SETTINGS)
    assert told.stdout == f"{SHARDS * EACH} records, {SHARDS * EACH} new; {SHARDS * EACH} remembered\n", told.stderr
    other = khabar("remember", str(output), "--redis-url", broker.url, env=SETTINGS | {"KHABAR_LAYERS": "sentences"})
    assert other.returncode == Exit.DIFFERENT
    with Service(tmp_path / "var", redis_url=broker.url, children=1, layers="tokens") as service:
        service.run("push", "-", input=json_lines(SHARDS * EACH) + new)
        counters = service.names.counters
        wait_until(lambda: _ended(service) == SHARDS * EACH + 2)
        assert sorted(service.run("records").stdout.splitlines()) == sorted(alone[-2:])
        assert int(service.client.hget(counters, "duplicate") or 0) == SHARDS * EACH


def test_queue_command_shards_and_library_give_the_same_bytes(broker: Broker, tmp_path: Path) -> None:
    """With every layer, records and rejections; `tests/engines` compares other engines with the library."""
    items = [*json_lines(12).splitlines(), *SAMPLES.read_text(encoding="utf-8").splitlines()]
    items += ['{"id": "e", "text": "The minister arrived in Baghdad on Monday."}', '{"text": " "}']
    given, fast = "".join(f"{item}\n" for item in items), {"KHABAR_RECOGNIZER": "fast"}
    rows = khabar_library.Extractor(recognizer="fast")([item.encode() for item in items])
    expected = sorted(row["record"] for row in rows if row["record"])
    assert len(expected) == 15

    (tmp_path / "in.jsonl").write_text(given, encoding="utf-8")
    lines = khabar("extract", "-", input=given, env=fast).stdout.splitlines()
    assert lines == [row["record"] or row["rejection"] for row in rows]
    done = khabar("extract", "--shards", str(tmp_path / "out"), str(tmp_path / "in.jsonl"), env=fast)
    assert done.returncode == Exit.OK, done.stderr
    assert _lines(tmp_path / "out") == expected
    with Service(tmp_path / "var", redis_url=broker.url, children=1, layers=None) as service:
        service.run("push", "-", input=given)
        wait_until(lambda: _ended(service) + service.client.xlen(service.names.dead) == len(items))
        assert sorted(service.run("records").stdout.splitlines()) == expected
        letters = map(json.loads, service.run("dead", "list", "--json").stdout.splitlines())
        assert Counter((each["article_id"], each["code"]) for each in letters) == Counter(
            (row["article_id"], row["code"]) for row in rows if row["rejection"]
        )
