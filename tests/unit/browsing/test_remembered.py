"""What the pages share is read once, and before anybody asks."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from khabar.browsing import app
from khabar.browsing.index import Index, reading
from khabar.browsing.overview import PERIODS, Overview, overview
from khabar.browsing.remembered import Remembered
from tests.unit.browsing.made import record
from tests.unit.browsing.test_pages import Site
from tests.waiting import wait_until


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(Index(tmp_path / "index.sqlite", keep=9)) as made:
        made.add([(None, record("a"), 0)])
        yield made


@pytest.mark.parametrize(("fresh_s", "made"), [(0.0, [1, 2]), (3600.0, [1])])
def test_a_value_is_made_anew_when_the_index_has_changed(index: Index, fresh_s: float, made: list[int]) -> None:
    """Not each time that somebody asks, and not while the last one is fresh."""
    seen: list[int] = []

    def count(connection: sqlite3.Connection) -> int:
        [(articles,)] = connection.execute("SELECT count(*) FROM records")
        seen.append(articles)
        return articles

    remembered = Remembered(count, fresh_s=fresh_s)
    with reading(index.path) as connection:
        assert [remembered.get(connection) for _ in range(3)] == [1, 1, 1]
        index.add([(None, record("b"), 0)])
        assert [remembered.get(connection) for _ in range(3)] == [made[-1]] * 3
    assert seen == made


def test_threads_that_ask_at_once_make_one_value(index: Index) -> None:
    """The first answer and what prepares it would read all records twice."""
    together, seen = Barrier(4), []
    remembered = Remembered(lambda _: seen.append(1))

    def ask(_: int) -> None:
        with reading(index.path) as connection:
            together.wait(60)
            remembered.get(connection)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert seen == [1]


def test_a_server_reads_the_sums_before_anybody_asks(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over 100,000 records the first overview took thirty times as long as the next."""
    made: list[str] = []

    def counted(connection: sqlite3.Connection, period: str) -> Overview:
        made.append(period)
        return overview(connection, period)

    monkeypatch.setattr(app, "overview", counted)
    site = Site(index)
    try:
        wait_until(lambda: len(made) == len(PERIODS))
        assert made[0] == "7"
        assert [site.get(f"/overview?days={period}")[0] for period in PERIODS] == [200] * len(PERIODS)
        assert sorted(made) == sorted(PERIODS)
    finally:
        site.close()
