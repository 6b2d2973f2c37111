"""Shards: there as a whole or not at all, whatever kills the runner; equal inputs give equal bytes."""

import gzip
import json
import multiprocessing
import os
import random
import resource
import signal
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from backports import zstd

from khabar.archive.making import Busy, Maker, Unread, locked, tidy
from khabar.archive.manifest import MANIFEST, Making, read_manifest, shard_manifest, summed
from khabar.archive.outcomes import Outcome
from khabar.archive.shards import Shard, list_shards, own_shards, parse_slice
from khabar.errors import Code, SourceError
from khabar.messages.envelope import unreadable_id
from khabar.sinks.typed import sql_type, structure
from khabar.sources.items import Item
from khabar.sources.opening import open_source

ITEMS = 400


def _extract(item: Item) -> Outcome:
    """Make a line of an item, as the pipeline would, but in no time; each seventh is rejected."""
    raw = bytes(item.raw) if isinstance(item.raw, bytes) else json.dumps(item.raw).encode()
    code = Code.NO_TEXT if item.error or item.number % 7 == 0 else None
    return Outcome(unreadable_id(raw), None, code, b'{"n":%d}' % item.number)


def _maker(output: Path, form: str = "jsonl.gz", **more: Any) -> Maker:
    making = Making(khabar="1", pipeline="p", form=form)
    return Maker(
        output, making, lambda path: open_source(path), _extract, 1 << 20, more.pop("tell", lambda *_: None), **more
    )


def _shard(folder: Path, name: str = "a.jsonl.gz", items: int = ITEMS) -> Shard:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(b'{"text":"%d"}\n' % number for number in range(items))
    path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return Shard(path, name, path.stat().st_size)


def _lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.open(folder / name)]


def _whole(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_a_shard_has_a_line_for_each_item_and_a_manifest(tmp_path: Path) -> None:
    """Records and rejections apart, ids beside them, all hashed and counted; nothing else is left in the folder."""
    manifest = _maker(tmp_path / "out").make(_shard(tmp_path))
    folder = tmp_path / "out" / "a.jsonl.gz"
    records, rejections = (_lines(folder, f"{name}.jsonl.gz") for name in ("records", "rejections"))
    assert (len(records), len(rejections)) == (manifest.records, sum(manifest.rejections.values())) == (343, 57)
    assert [each["n"] for each in rejections] == list(range(7, ITEMS + 1, 7))
    assert rejections[0]["outcome_id"] == unreadable_id(b'{"text":"6"}')
    assert (folder / "records.ids").read_bytes()[:16].hex() == unreadable_id(b'{"text":"0"}')
    assert read_manifest(folder / MANIFEST) == manifest
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.jsonl.gz"]
    assert summed([manifest], tmp_path / "out").records == 343


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_made_twice_the_bytes_are_the_same(tmp_path: Path, form: str) -> None:
    """Two machines that make one shard by oversight must not differ; nor may hashes of one archive."""
    shard = _shard(tmp_path)
    for run in ("one", "two"):
        _maker(tmp_path / run, form).make(shard)
    assert _whole(tmp_path / "one" / "a.jsonl.gz") == _whole(tmp_path / "two" / "a.jsonl.gz")


def test_an_input_without_any_article_is_a_shard_without_any_record(tmp_path: Path) -> None:
    """Crawls have empty days, and an archive must come to its end; every tool reads the empty files."""
    manifest = _maker(tmp_path / "out", "jsonl.zst").make(_shard(tmp_path, items=0))
    assert manifest.records == 0
    assert zstd.decompress((tmp_path / "out/a.jsonl.gz/records.jsonl.zst").read_bytes()) == b""


def _make_and_die(output: Path, shard: Shard, after_s: float) -> None:
    timer = signal.SIGALRM
    signal.signal(timer, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, after_s)
    _maker(output).make(shard)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_moment_it_ends_whole(tmp_path: Path) -> None:
    """Whatever is there under the shard's name is whole; run again it is as if nothing had been."""
    shard, expected = _shard(tmp_path), _maker(tmp_path / "expected")
    began = time.monotonic()
    expected.make(shard)
    took_s = time.monotonic() - began
    want = _whole(tmp_path / "expected" / shard.name)
    dice, kills = random.Random(5), 0
    for run in range(12):
        output = tmp_path / f"out{run}"
        for _ in range(2):
            child = multiprocessing.get_context("fork").Process(
                target=_make_and_die, args=(output, shard, dice.uniform(0.05, 1.2) * took_s)
            )
            child.start()
            child.join(60)
            kills += child.exitcode == -signal.SIGKILL
            if (output / shard.name).exists():
                assert _whole(output / shard.name) == want
        _maker(output).make(shard)
        assert _whole(output / shard.name) == want
        assert [path.name for path in output.iterdir()] == [shard.name]
    assert kills


def test_a_full_disk_leaves_nothing_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """A file that is cut in the middle of a line must never stand under a shard's name."""
    shard, before = _shard(tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            _maker(tmp_path / "out", "jsonl").make(shard)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list((tmp_path / "out").iterdir()) == []
    assert _maker(tmp_path / "out", "jsonl").make(shard).records == 343


def test_a_made_shard_is_not_made_again(tmp_path: Path) -> None:
    """A run that goes on must not begin anew; a copy of the input with another date is the same input."""
    shard, seen = _shard(tmp_path), []
    maker = _maker(tmp_path / "out", tell=lambda *told: seen.append(told))
    first = maker.make(shard)
    os.utime(shard.path, ns=(5, 5))
    assert maker.make(shard) == first
    assert len(seen) == ITEMS


def test_a_changed_input_and_a_damaged_result_are_made_again(tmp_path: Path) -> None:
    """What is there must be of what the input holds now."""
    maker = _maker(tmp_path / "out", "jsonl")
    maker.make(_shard(tmp_path))
    assert maker.make(_shard(tmp_path, items=10)).records == 9
    (tmp_path / "out/a.jsonl.gz/records.jsonl").write_bytes(b"")
    assert shard_manifest(tmp_path / "out/a.jsonl.gz") is None
    maker.make(_shard(tmp_path, items=10))
    assert len((tmp_path / "out/a.jsonl.gz/records.jsonl").read_bytes().splitlines()) == 9


def test_a_shard_that_another_runner_is_at_is_left_to_it(tmp_path: Path) -> None:
    """Two runners on one folder share the work; what one that died has left is taken away."""
    shard, output = _shard(tmp_path), tmp_path / "out"
    (output / f".{shard.name}.dead.part").mkdir(parents=True)
    with locked(output / f".{shard.name}.lock", wait=False), pytest.raises(Busy):
        _maker(output).make(shard)
    _maker(output).make(shard)
    assert [path.name for path in output.iterdir()] == [shard.name]


def test_what_was_left_beside_a_made_shard_is_taken_away(tmp_path: Path) -> None:
    """By a runner that was killed when all was done but the tidying."""
    shard, output = _shard(tmp_path), tmp_path / "out"
    _maker(output).make(shard)
    (output / f".{shard.name}.dead.part").mkdir()
    (output / f".{shard.name}.lock").touch()
    tidy(output / shard.name)
    assert [path.name for path in output.iterdir()] == [shard.name]


def test_an_input_that_breaks_off_says_so_and_is_tried_in_the_next_run(tmp_path: Path) -> None:
    """Its good articles are not held back, the break is a rejection, and a mended file takes its place."""
    shard = _shard(tmp_path)
    good = shard.path.read_bytes()
    shard.path.write_bytes(good[: len(good) // 2])
    broken = Shard(shard.path, shard.name, len(good) // 2)
    maker = _maker(tmp_path / "out")
    first = maker.make(broken)
    assert first.fault and "too early" in first.fault
    assert 0 < first.records < 343
    assert maker.made(broken) == first
    assert _maker(tmp_path / "out").made(broken) is None
    shard.path.write_bytes(good)
    mended = _maker(tmp_path / "out").make(shard)
    assert (mended.records, mended.fault) == (343, None)


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08nonsense", b"\x00\x01\x02\x03" * 100])
def test_an_input_of_which_nothing_can_be_read_has_no_result(tmp_path: Path, data: bytes) -> None:
    """It would count as done, and its articles as none."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(Unread):
        _maker(tmp_path / "out").make(Shard(path, path.name, len(data)))
    assert list((tmp_path / "out").iterdir()) == []


def test_parquet_has_the_columns_and_types_of_the_sink(tmp_path: Path) -> None:
    """Both are read as one table; an archive without records has them too."""
    for items in (0, ITEMS):
        _maker(tmp_path / str(items), "parquet").make(_shard(tmp_path, items=items))
        table = f"SELECT * FROM read_parquet('{tmp_path / str(items)}/*/*.parquet')"
        found = duckdb.sql(f"DESCRIBE {table}").fetchall()
        assert [name for name, *_ in found] == list(structure())
        kinds = {name: kind.replace('"', "") for name, kind, *_ in found}
        for name, part in structure().items():
            want = sql_type(part).replace('"', "").replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")
            assert kinds[name] == want, name
        assert len(duckdb.sql(table).fetchall()) == items * 6 // 7 + bool(items)


def test_every_file_has_a_name_of_its_own_and_each_runner_its_share(tmp_path: Path) -> None:
    """Folders keep their shape; of n runners each file has one."""
    for name in ("in/2024/a.jsonl", "in/2025/a.jsonl", "in/b.jsonl.gz", "in/.hidden.jsonl"):
        _shard(tmp_path, name)
    shards = list_shards([str(tmp_path / "in")], tmp_path / "out")
    assert [shard.name for shard in shards] == ["2024/a.jsonl", "2025/a.jsonl", "b.jsonl.gz"]
    parts = [own_shards(shards, parse_slice(f"{number}/2")) for number in (1, 2)]
    assert sorted(shard.name for part in parts for shard in part) == [shard.name for shard in shards]


@pytest.mark.parametrize(
    ("given", "output", "why"),
    [
        (["in/2024/a.jsonl", "in/2025/a.jsonl"], "out", "both would be a.jsonl"),
        (["in"], "in/out", "would be read as input"),
        (["missing"], "out", "no such file"),
        (["empty"], "out", "holds no file"),
    ],
)
def test_inputs_that_would_spoil_each_other_are_refused(
    tmp_path: Path, given: list[str], output: str, why: str
) -> None:
    """Before anything is made."""
    for name in ("in/2024/a.jsonl", "in/2025/a.jsonl"):
        _shard(tmp_path, name)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=why):
        list_shards([str(tmp_path / name) for name in given], tmp_path / output)


@pytest.mark.parametrize("text", ["", "0/2", "3/2", "1", "1/0", "a/b", "-1/2", "1/2/3", "١/٢"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    """A slip here leaves shards to nobody."""
    with pytest.raises(ValueError, match="i/n"):
        parse_slice(text)
