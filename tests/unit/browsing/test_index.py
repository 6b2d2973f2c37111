"""The index: what is found by which words, in which order, and that it may be lost."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khabar.browsing.index import Index, reading
from khabar.browsing.overview import overview
from khabar.browsing.search import Search, find
from tests.unit.browsing.made import entity, record, said_by

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty index."""
    with closing(Index(tmp_path / "cache" / "index.sqlite", keep=100)) as made:
        yield made


def add(index: Index, *records: dict[str, Any], **notes: str) -> int:
    return index.add([(None, each, 0) for each in records], **notes)


def found(index: Index, **search: str) -> list[str]:
    with reading(index.path) as connection:
        return [hit.record["article"]["id"] for hit in find(connection, Search(**search)).hits]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['query']} in {' '.join(case['words'])}")
def test_a_search_finds_words_however_they_are_spelt(index: Index, case: dict[str, Any]) -> None:
    """Readers type as carelessly as reporters, and words are written together."""
    add(index, record("a", case["words"]), record("other", ["شيء", "آخر"]))
    assert ("a" in found(index, q=case["query"])) is case["found"], case["why"]


def test_newest_first_and_page_by_page(index: Index) -> None:
    """A time to come is now, and what has no time is the oldest."""
    add(index, *(record(f"{day}", at=f"2026-08-{day:02}T00:00:00Z") for day in range(1, 31)), record("none", at=None))
    with reading(index.path) as connection:
        first = find(connection, Search(q="نص"))
        second = find(connection, Search(q="نص", before=first.older))
    ids = [hit.record["article"]["id"] for hit in (*first.hits, *second.hits)]
    assert ids == [*(f"{day}" for day in range(30, 0, -1)), "none"]
    assert (first.count, second.count, second.older) == (31, 31, "")
    assert found(index, before="99999999999999999999999") == found(index)


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"person": "عبدالرحمن"}, ["a"]),
        ({"person": "رامي عبد الرحمن"}, ["a"]),
        ({"person": "Rami"}, ["a"]),
        ({"person": "رامي الثاني"}, []),  # no phrase reaches from one name into the next
        ({"person": "دمشق"}, []),
        ({"place": "دمشق"}, ["a"]),
        ({"place": "damascus"}, ["a"]),
        ({"q": "Damascus"}, ["a"]),
        ({"topic": "medtop:16000000"}, ["a"]),
        ({"topic": "medtop:1600000"}, []),
        ({"outlet": "الرأي"}, ["b"]),
        ({"outlet": "رأي"}, []),
        ({"genre": "news"}, ["a"]),
        ({"since": "2026-08-15"}, ["b"]),
        ({"until": "2026-08-14"}, ["a"]),
        ({"since": "2026-08-14", "until": "2026-08-15"}, ["b", "a"]),
        ({"since": "yesterday"}, ["b", "a"]),
        ({"place": "دمشق", "topic": "medtop:16000000", "q": "نص", "until": "2026-08-14"}, ["a"]),
        ({"person": "!!"}, []),
    ],
)
def test_narrowed_by_name_topic_outlet_and_date(index: Index, search: dict[str, str], expected: list[str]) -> None:
    """One question, several conditions."""
    names = [
        entity(
            "PER", "رامي عبد الرحمن", key="رامي عبدالرحمن", name_latin={"text": "Rami Abdulrahman", "basis": "known"}
        ),
        entity("PER", "الثاني"),
        entity("LOC", "دمشق", geo={"geonames_id": 1, "country": "SY", "lat": 33.5, "lon": 36.3, "name_en": "Damascus"}),
    ]
    first = record("a") | {
        "entities": names,
        "topics": [{"code": "medtop:16000000", "label_en": "conflict"}],
        "genre": "news",
    }
    add(index, first, record("b", at="2026-08-15T23:00:00Z", source="الرأي"))
    assert found(index, **search) == expected


def test_a_newer_outcome_of_an_article_takes_its_place(index: Index) -> None:
    """The service extracts it again after an upgrade; what only the old one said is found no more."""
    add(index, record("a", "قديم"), record("b"))
    add(index, record("a", "جديد") | {"outcome_id": "o-2"})
    assert (found(index, q="قديم"), found(index, q="جديد"), len(index)) == ([], ["a"], 2)


def test_the_same_outcome_again_changes_nothing(index: Index) -> None:
    """The stream is read again from where the index reaches."""
    add(index, record("a"))
    add(index, record("a"), record("a"))
    assert found(index) == ["a"]


def test_the_oldest_go_where_there_are_too_many(tmp_path: Path) -> None:
    """The disk of whoever looks is not the archive."""
    with closing(Index(tmp_path / "index.sqlite", keep=3)) as index:
        for day in range(1, 9):
            add(index, record(f"{day}", f"يوم{day} نص", at=f"2026-08-0{day}T00:00:00Z"))
        assert found(index, q="نص") == found(index) == ["8", "7", "6"]
        assert found(index, q="يوم1") == []
        with reading(index.path) as connection:
            for table in ("bodies", "records"):
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (3,)


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_lost_or_damaged_index_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    """It is a cache."""
    path = tmp_path / "index.sqlite"
    with closing(Index(path, keep=9)) as index:
        add(index, record("a"), after="5-0")
    if damage is None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
    else:
        path.write_bytes(damage)
    with closing(Index(path, keep=9)) as index:
        assert (len(index), index.note("after")) == (0, None)
        add(index, record("b"))
        assert found(index, q="نص") == ["b"]


def test_what_was_indexed_is_there_after_a_start(tmp_path: Path) -> None:
    """A hundred thousand records take minutes to index."""
    path = tmp_path / "index.sqlite"
    with closing(Index(path, keep=9)) as index:
        add(index, record("a"), after="5-0")
    with closing(Index(path, keep=9)) as index:
        assert (len(index), index.note("after"), found(index, q="نص")) == (1, "5-0", ["a"])


def test_a_reader_cannot_write(index: Index) -> None:
    """The pages read alone."""
    with reading(index.path) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM records")


def test_what_is_no_record_is_counted_and_left_out(index: Index) -> None:
    """A file may be anybody's."""
    assert (
        add(index, {"article": {}, "text": 5}, {"article": {"id": "x"}, "text": "نص", "entities": [3]}, record("a"))
        == 2
    )
    assert found(index) == ["a"]


def test_the_overview_counts_each_voice_once_an_article(index: Index) -> None:
    """The share of women among those quoted, as docs/how-to/recipes.md counts it."""
    talk = [said_by("هند", "f"), said_by("هند", "f"), said_by("كريم", "m", None), said_by("مصدر", None, None)]
    named = {"entities": [entity("PER", "هند")], "topics": [{"code": "medtop:1", "label_en": "sport"}]}
    add(
        index,
        record("a", source="الرأي") | named | {"quotations": talk, "statements": talk},
        record("b", at="2026-08-14T11:00:00Z", source="الرأي") | named | {"quotations": talk[:1]},
        record("old", at="2020-01-01T00:00:00Z"),
        record("none", at=None),
    )
    with reading(index.path) as connection:
        made, everything = overview(connection, "7"), overview(connection, "all")
    assert (made.articles, made.women, made.men) == (2, 2, 1)
    assert [count for _, count in made.times] == [1, 0, 1]
    assert made.outlets == [("الرأي", 2)]
    assert made.topics == [("medtop:1", "sport", 2)]
    assert made.quoted == [("هند", "f", 2)]
    assert everything.articles == 4
    assert sum(count for _, count in everything.times) == 3


def test_a_story_that_went_into_another_is_gone(index: Index) -> None:
    """Both get a revision; whichever comes first, one story is left."""
    story = {"independent_sources": 1, "merged": [], "last_seen": None}
    article = {"id": "a", "role": "first"}
    index.add_stories([story | {"id": "young", "articles": [article]}, story | {"id": "old", "articles": [article]}])
    index.add_stories([story | {"id": "young", "articles": [], "merged_into": "old"}])
    index.add_stories([story | {"id": "old", "articles": [article, article], "merged": ["young"]}])
    with reading(index.path) as connection:
        assert connection.execute("SELECT id, articles FROM stories").fetchall() == [("old", 2)]
        assert connection.execute("SELECT * FROM story_articles").fetchall() == [("a", "old")]
