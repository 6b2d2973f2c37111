"""A file that is written while it is read, and the command without its packages."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khabar.browsing.feeding import Feeder, feed_file
from khabar.browsing.index import Index, reading
from khabar.browsing.search import Search, find
from tests.unit.browsing.made import record
from tests.waiting import wait_until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.jsonl"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(Index(tmp_path / "index.sqlite", keep=99)) as made:
        yield made


def line(id: str, **more: Any) -> str:
    return json.dumps(record(id) | more) + "\n"


def ids(index: Index) -> set[str]:
    with reading(index.path) as connection:
        return {hit.record["article"]["id"] for hit in find(connection, Search(q="نص")).hits}


def test_a_file_that_grows_is_followed(path: Path, index: Index) -> None:
    """`khabar records --follow --to FILE` writes it; its last line may be half there."""
    event = json.dumps({"specversion": "1.0", "id": "o", "data": record("event")})
    rejection = json.dumps({"code": "no_text", "reason": "x"})
    path.write_text(f"{line('a')}\n{event}\n{rejection}\n[]\nno json\n{line('torn')[:50]}")
    feeder = Feeder(index, feed_file(path, "records.jsonl"))
    feeder.start()
    wait_until(lambda: ids(index) == {"a", "event"})
    with path.open("a") as file:
        file.write(line("torn")[50:] + line("b"))
    wait_until(lambda: ids(index) == {"a", "event", "torn", "b"})
    wait_until(lambda: "following records.jsonl" in feeder.status())
    assert feeder.status() == "4 records indexed, 2 could not be read; following records.jsonl"
    feeder.close()


def test_a_file_that_was_written_anew_is_read_anew(path: Path, index: Index) -> None:
    """Also where it is longer than before; and what was read is not read again."""
    for name in ("a", "b"):
        path.write_text("".join(line(f"{name}{number}", x="y" * 900) for number in range(9)))
        for _ in range(2):
            feeder = Feeder(index, feed_file(path, "records.jsonl"))
            feeder.start()
            wait_until(lambda name=name: ids(index) == {f"{name}{number}" for number in range(9)})
            feeder.close()


def test_stories_of_a_file_are_found(path: Path, index: Index, flood_twice: list[dict[str, Any]]) -> None:
    """With the code of `khabar stories`."""
    path.write_text("".join(json.dumps(each) + "\n" for each in flood_twice))
    feeder = Feeder(index, feed_file(path, "records.jsonl"))
    feeder.start()
    wait_until(lambda: index.path.exists() and _stories(index) == [2])
    feeder.close()


def _stories(index: Index) -> list[int]:
    with reading(index.path) as connection:
        return [articles for (articles,) in connection.execute("SELECT articles FROM stories")]


def test_without_its_packages_the_command_says_what_to_install() -> None:
    """They are an extra: nobody who runs workers needs a web server."""
    code = (
        "import sys; sys.modules['uvicorn'] = None; sys.argv = ['khabar', 'browse', 'x.jsonl']\n"
        "from khabar.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        2,
        "khabar: khabar browse needs uvicorn; run: pip install 'khabar[browse]'\n",
    )
