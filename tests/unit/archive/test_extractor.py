"""`khabar.Extractor`: batches of any form, one row for each article, in whatever process it wakes up."""

import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import khabar
from khabar.archive.tables import COLUMNS
from khabar.errors import InvalidSettings
from khabar.messages.article import parse_article
from khabar.messages.envelope import outcome_id, unreadable_id
from khabar.messages.items import present
from tests.articles import article

LAYERS = ("sentences", "quantities")


@pytest.fixture(scope="module")
def extractor() -> Iterator[khabar.Extractor]:
    """Return one with few layers, which opens fast."""
    yield khabar.Extractor(layers=LAYERS, recognizer="fast")


BAD: list[Any] = [
    {"id": "e", "text": "The minister arrived in Baghdad on Monday."},
    {"id": "n", "text": "  "},
    {"tekst": "خبر"},
    b"nonsense",
    b"[]",
    None,
    7,
    {"text": {"deep": object()}},
    b"\xff\xfe",
    {"text": "خبر \ud800"},
]


def test_every_item_of_a_batch_has_one_row(extractor: khabar.Extractor) -> None:
    """An engine joins rows by their order; one that is dropped shifts all behind it."""
    batch = [article(1), *BAD, article(2)]
    rows = extractor(batch)
    assert len(rows) == len(batch)
    assert [bool(row["record"]) for row in rows] == [True, *[False] * len(BAD), True]
    assert all(set(row) == set(COLUMNS) for row in rows)
    assert all(bool(row["record"]) != bool(row["rejection"]) for row in rows)
    assert all(json.loads(row["rejection"])["code"] == row["code"] for row in rows[1:-1])


def test_ids_and_codes_are_those_of_the_queue(extractor: khabar.Extractor) -> None:
    """An archive and the live lane name the same outcome the same."""
    known, foreign, unread = extractor([article(1), BAD[0], b"nonsense"])
    read = parse_article(article(1))
    assert known["outcome_id"] == outcome_id(read.id, read.text, extractor.version)
    assert json.loads(known["record"])["outcome_id"] == known["outcome_id"]
    assert (foreign["code"], foreign["article_id"]) == ("not_arabic", "e")
    assert foreign["outcome_id"] == outcome_id("e", BAD[0]["text"], extractor.version)
    assert (unread["code"], unread["article_id"]) == ("invalid_json", None)
    assert unread["outcome_id"] == unreadable_id(b"nonsense")


def test_every_form_of_a_batch_gives_the_same_bytes(extractor: khabar.Extractor) -> None:
    """Ray hands out tables, columns or frames, Spark frames, datatrove dicts: the records are the same."""
    batch = [article(1), article(2) | {"tags": ["اقتصاد"]}, {"text": "no Arabic at all in here"}]
    expected = extractor(batch)
    lines = [json.dumps(each, ensure_ascii=False) for each in batch]
    by_line = khabar.Extractor(layers=LAYERS, recognizer="fast", json_column="value")
    columns: dict[str, Any] = {}
    for name in sorted({name for each in batch for name in each}):
        columns[name] = np.empty(len(batch), dtype=object)
        columns[name][:] = [each.get(name) for each in batch]
    table = pa.Table.from_pylist(
        batch, schema=pa.Table.from_pylist(batch[1:2]).schema.append(pa.field("text", "string"))
    )
    assert extractor(tuple(batch)) == expected
    assert extractor(table).to_pylist()[:2] == expected[:2]
    assert extractor(table.to_batches()[0]).to_pylist()[0] == expected[0]
    assert by_line(pa.table({"value": lines})).to_pylist() == expected
    assert by_line(pa.table({"value": [line.encode() for line in lines]})).to_pylist() == expected
    by_column = extractor(columns)
    assert [by_column["record"][number] for number in range(2)] == [row["record"] for row in expected[:2]]


def test_an_empty_batch_is_one(extractor: khabar.Extractor) -> None:
    """Engines hand out empty partitions, and want the columns all the same."""
    assert extractor([]) == []
    assert extractor(pa.table({"text": pa.array([], "string")})).column_names == list(COLUMNS)


@pytest.mark.parametrize("batch", [{"text": "خبر"}, "خبر", b"{}", 5, None])
def test_one_article_is_no_batch(extractor: khabar.Extractor, batch: Any) -> None:
    """Its letters or fields would become a row each."""
    with pytest.raises(TypeError, match="a batch is"):
        extractor(batch)


def test_it_is_pickled_as_its_arguments(extractor: khabar.Extractor) -> None:
    """An engine sends it with every task: a model inside would be 20 MB a task."""
    extractor([article(1)])
    pickled = pickle.dumps(extractor)
    assert len(pickled) < 1_000
    assert pickle.loads(pickled)([article(1)]) == extractor([article(1)])


def test_a_wrong_argument_is_told_before_any_process_starts() -> None:
    """On the driver, not in the log of a worker a minute later."""
    with pytest.raises(InvalidSettings, match="nonsense"):
        khabar.Extractor(layers=["nonsense"])


def _in_child(extractor: khabar.Extractor, batch: list[Any], answers: Any) -> None:
    answers.put((extractor(batch), threading.active_count()))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_and_a_spawned_process_give_the_same_rows(extractor: khabar.Extractor) -> None:
    """Ray and Spark spawn, datatrove and PyTorch's loaders fork; a lock that another thread held must not be forked shut."""
    batch = [article(number) for number in range(3)]
    expected = extractor(batch)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            extractor(batch)

    busy = threading.Thread(target=work)
    busy.start()
    try:
        for method in ("fork", "spawn"):
            context = multiprocessing.get_context(method)
            answers = context.SimpleQueue()
            child = context.Process(target=_in_child, args=(extractor, batch, answers))
            child.start()
            rows, threads = answers.get()
            child.join(60)
            assert rows == expected
            assert threads <= 2
    finally:
        stop.set()
        busy.join()


def test_a_process_opens_the_pipeline_once_and_only_its_own_threads() -> None:
    """Engines run one process a core; a pool of threads in each would be cores squared. The environment stays as it was."""
    code = """
import os, threading, time, khabar
from khabar.archive import extractor as room
before = dict(os.environ)
one, other = (khabar.Extractor(layers=("sentences", "entities"), recognizer="fast") for _ in range(2))
one(["قال وزير الخارجية سامح شكري إن الوفد يصل إلى بغداد."]), other(["قال الوزير إن الوفد يصل إلى بغداد اليوم."])
assert dict(os.environ) == before
assert len(room._opened) == 1, room._opened
print(len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
"""
    own = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name} | {
        "OPENBLAS_NUM_THREADS": "1"
    }
    done = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 1


def test_no_cell_is_no_field() -> None:
    """A table has a cell for every column in every row; JSON lines have only the fields that were sent."""
    assert present({"a": None, "b": [{"c": None, "d": 0}, None], "e": ""}) == {"b": [{"d": 0}, None], "e": ""}
