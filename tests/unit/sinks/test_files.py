"""Sinks that are files: whole pieces alone, whatever the disk and the last run have left."""

import csv
import json
import multiprocessing
import resource
import signal
from pathlib import Path
from typing import Any

import pytest

from khabar.errors import SinkError
from khabar.sinks.registry import open_sink
from tests.unit.sinks.made import EMOJI, PLAIN, delivery

ONE = len(json.dumps(EMOJI, ensure_ascii=False).encode())  # bytes of an event, about


def fill_a_disk(path: str, name: str, room_bytes: int, results: Any) -> None:
    """Write three records where there is room for two and a half, then two more where there is room again."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, resource.RLIM_INFINITY))
    sink = open_sink(name, path)
    errors = []
    for key in ("a", "b", "c"):
        try:
            sink.write([delivery(key)])
            sink.flush()
        except SinkError as error:
            errors.append(f"{key} {error}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for key in ("c", "d"):
        sink.write([delivery(key)])
        sink.flush()
    sink.close()
    results.put(errors)


def on_a_full_disk(name: str, target: Path, room_bytes: int) -> list[str]:
    processes = multiprocessing.get_context("forkserver")
    results = processes.SimpleQueue()
    child = processes.Process(target=fill_a_disk, args=(str(target), name, room_bytes, results))
    child.start()
    errors: list[str] = results.get()
    child.join()
    return errors


def test_a_full_disk_leaves_no_half_of_a_line(tmp_path: Path) -> None:
    """What is appended to half a line is lost with it; a file size limit stops a write in its middle as a full disk does."""
    path = tmp_path / "a.jsonl"
    (error,) = on_a_full_disk("jsonl", path, int(2.5 * ONE))
    assert error.startswith(f"c {path}: cannot be written: File too large; with --group, the records")
    assert [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()] == ["a", "b", "c", "d"]


def test_a_full_disk_leaves_no_row_without_its_article(tmp_path: Path) -> None:
    """The tables are written one after the other; all are cut back where one has no room."""
    write(tmp_path / "trial", "csv", "a")
    header, row = (tmp_path / "trial" / "articles.csv").read_bytes().partition(b"\r\n")[::2]
    (error,) = on_a_full_disk("csv", tmp_path, len(header) + int(2.5 * len(row)))
    assert error.startswith("c ")
    ids = {
        path.stem: list(dict.fromkeys(row[0] for row in csv.reader(path.read_text("utf-8").splitlines()[1:])))
        for path in tmp_path.glob("[em]*.csv")
    }
    assert list(ids.values()) == [["a", "b", "c", "d"]] * 2


def write(target: Path, name: str, *ids: str, event: dict[str, Any] = EMOJI, **options: str) -> None:
    """Open, write, flush, close."""
    sink = open_sink(name, str(target), options)
    sink.write([delivery(each, event=event) for each in ids])
    sink.flush()
    sink.close()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_that_a_crash_has_left_are_cut(tmp_path: Path) -> None:
    """They were not acknowledged; half a row, or one whose article is missing, would stay for ever."""
    write(tmp_path, "csv", "a")
    whole = {path: path.read_bytes() for path in tmp_path.glob("*.csv")}
    for path, content in whole.items():
        path.write_bytes(content + b'b,"cut in the mid')
    write(tmp_path, "csv", "a")
    assert {path: path.read_bytes() for path in whole} == whole


def test_csv_has_nulls_booleans_lists_and_both_times(tmp_path: Path) -> None:
    """An empty cell is null; a list is JSON; a text with line ends is one cell."""
    write(tmp_path, "csv", "a")
    (article,) = rows(tmp_path / "articles.csv")
    assert article["text"] == EMOJI["data"]["text"]
    assert json.loads(article["tags"]) == ["السودان", "طقس"]
    assert json.loads(article["extra"]) == {"views": 12}
    assert (article["published_at"], article["published_at_utc"]) == (
        "2026-08-14T09:30:00+02:00",
        "2026-08-14T07:30:00+00:00",
    )
    assert article["scraped_at_utc"] == ""
    (quotation, *_) = rows(tmp_path / "quotations.csv")
    assert (quotation["pro_drop"], quotation["speaker_name"]) == ("false", "ياسر عثمان")


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_two_processes_do_not_share_a_target(tmp_path: Path, name: str) -> None:
    """Neither would know what the other has written."""
    first = open_sink(name, str(tmp_path))
    with pytest.raises(SinkError, match="another process writes to it; give each process a target of its own"):
        open_sink(name, str(tmp_path))
    first.close()
    open_sink(name, str(tmp_path)).close()


def test_another_folder_s_csv_is_left_as_it_is(tmp_path: Path) -> None:
    """A slip of the fingers must not cost a file."""
    (tmp_path / "articles.csv").write_text("mine\n")
    with pytest.raises(SinkError, match="is not a file of khabar's; give another folder"):
        open_sink("csv", str(tmp_path))
    assert (tmp_path / "articles.csv").read_text() == "mine\n"


def test_columns_that_are_always_null_keep_their_type(tmp_path: Path) -> None:
    """A reader of Parquet must not meet another schema in the first file that has an agency or a group."""
    import duckdb

    for number, event in enumerate((EMOJI, PLAIN)):
        write(tmp_path, "parquet", str(number), event=event)
    first, second = sorted(tmp_path.glob("*.parquet"))
    types = [
        duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE FROM '{each}')").fetchall()
        for each in (first, second)
    ]
    assert types[0] == types[1]
    known = dict(types[0])
    assert known["published_at"] == "TIMESTAMP"
    assert known["published_at_utc"] == "TIMESTAMP WITH TIME ZONE"
    assert '"group" BIGINT' in known["quotations"]
    assert "agency VARCHAR" in known["origin"]
    found = duckdb.sql(
        f"SELECT outcome_id, origin.agency, published_at::VARCHAR, epoch(published_at_utc) FROM '{tmp_path}/*.parquet' ORDER BY 1"
    ).fetchall()
    assert found == [("0", None, "2026-08-14 09:30:00", 1786692600.0), ("1", "أ ف ب", None, None)]


def test_a_database_of_an_earlier_version_gains_columns(tmp_path: Path) -> None:
    """Minor versions add keys; the file goes on, and its rows stay."""
    import duckdb

    path = tmp_path / "news.duckdb"
    write(path, "duckdb", "a")
    with duckdb.connect(str(path)) as db:
        for layer in ("entities", "quotations", "statements", "quantities", "temporal"):
            db.execute(f"DROP VIEW {layer}")
        db.execute("ALTER TABLE records DROP COLUMN statements")
        db.execute('ALTER TABLE records ALTER quantities TYPE STRUCT("start" BIGINT, "end" BIGINT, text VARCHAR)[]')
        db.execute("CREATE VIEW quantities AS SELECT 1 AS old")
    write(path, "duckdb", "a", "b")
    with duckdb.connect(str(path)) as db:
        assert db.sql(
            "SELECT outcome_id, count(*), count(category) FROM quantities GROUP BY 1 ORDER BY 1"
        ).fetchall() == [
            ("a", 2, 0),
            ("b", 2, 2),
        ]
        assert db.sql("SELECT count(*) FROM statements").fetchall() == [(0,)]


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    """Of DuckDB's words the first are enough."""
    path = tmp_path / "news.duckdb"
    path.write_text("mine\n" * 1000)
    with pytest.raises(SinkError, match=r"news.duckdb: DuckDB cannot write it: .*not a valid DuckDB"):
        open_sink("duckdb", str(path))


def test_rotated_files_are_remembered(tmp_path: Path) -> None:
    """The last batch before a crash may stand in the file before."""
    path = tmp_path / "a.jsonl"
    for each in ("a", "b", "c"):
        write(path, "jsonl", each, max_mb="0.001")
    write(path, "jsonl", "a", "b", "c", "d", max_mb="0.001")
    files = sorted(tmp_path.iterdir())
    ids = [json.loads(line)["id"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert (ids, len(files)) == (["a", "b", "c", "d"], 5)
