"""The index: one SQLite file that may be lost at any time, because it is made again from the records."""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from khabar.browsing.moments import id_at, seconds_of
from khabar.browsing.terms import Terms, fold, terms_of
from khabar.errors import CommandError, Exit

FORMAT: Final = 1  # of the file; another one is made again
_COLUMNS: Final = ", ".join(Terms._fields)
_SCHEMA: Final = f"""
CREATE TABLE records (
  id INTEGER PRIMARY KEY,      -- seconds of the article's time << 20, and a number: newest first is by this
  outcome TEXT NOT NULL, article TEXT NOT NULL UNIQUE, title TEXT, outlet TEXT, genre TEXT
);
CREATE INDEX records_outcome ON records (outcome);
CREATE TABLE bodies (id INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE topics (record INTEGER, code TEXT, label TEXT, PRIMARY KEY (record, code)) WITHOUT ROWID;
CREATE TABLE said (
  record INTEGER, key TEXT, name TEXT, gender TEXT, is_named INTEGER, PRIMARY KEY (record, key)
) WITHOUT ROWID;               -- each voice once an article
CREATE VIRTUAL TABLE terms USING fts5 ({_COLUMNS}, content='', tokenize="unicode61 remove_diacritics 0");
CREATE TABLE stories (
  id TEXT PRIMARY KEY, last REAL NOT NULL, articles INTEGER NOT NULL, sources INTEGER NOT NULL, story BLOB NOT NULL
);
CREATE INDEX stories_last ON stories (last);
CREATE TABLE story_articles (article TEXT PRIMARY KEY, story TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX story_articles_story ON story_articles (story);
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {FORMAT};
"""


class Index:
    """Writes the index; one process at a time, one thread at a time.

    Args:
        path: of the file; its folder is made. What is no index of this version is replaced.
        keep: most records; the oldest go first.
    """

    def __init__(self, path: Path, *, keep: int) -> None:
        self.path = path
        self._keep = keep
        self._connection = _open(path)
        [(self._count,)] = self._connection.execute("SELECT count(*) FROM records")

    def __len__(self) -> int:
        return int(self._count)

    def add(self, records: Iterable[tuple[str | None, Mapping[str, Any], int]], **notes: str) -> int:
        """Add records in one step; return how many were no records. One of an article that is there already takes its place.

        Args:
            records: outcome id, record, and when it came out, as Unix time, for articles that have no time of their own.
            notes: how far the records reach, say.
        """
        unread = 0
        with self._connection as connection:
            made = []
            for outcome, record, seen_s in records:
                try:
                    name = outcome or str(record.get("outcome_id") or "")
                    made.append((seconds_of(record) or seen_s, name, record, terms_of(record)))
                except (KeyError, TypeError, ValueError, AttributeError):
                    unread += 1
            made.sort(key=lambda each: each[0])  # the full-text index is quicker in the order of its keys
            for seconds, outcome, record, terms in made:
                self._add(connection, seconds, outcome, record, terms)
            self._trim(connection)
            connection.executemany("REPLACE INTO notes VALUES (?, ?)", notes.items())
        return unread

    def add_stories(self, stories: Iterable[Mapping[str, Any]], *, anew: bool = False, **notes: str) -> None:
        """Add stories, or later revisions of them; those that they have taken in go.

        Args:
            again: in place of all that are there.
        """
        with self._connection as connection:
            if anew:
                connection.execute("DELETE FROM stories")
                connection.execute("DELETE FROM story_articles")
            for story in stories:
                self._add_story(connection, story)
            connection.execute(
                "DELETE FROM stories WHERE id IN (SELECT id FROM stories ORDER BY last DESC LIMIT -1 OFFSET ?)",
                (self._keep,),
            )
            connection.execute("DELETE FROM story_articles WHERE story NOT IN (SELECT id FROM stories)")
            connection.executemany("REPLACE INTO notes VALUES (?, ?)", notes.items())

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield all records, the oldest first."""
        for (body,) in self._connection.execute("SELECT record FROM bodies ORDER BY id"):
            yield unpack(body)

    def note(self, name: str) -> str | None:
        """Return what was noted under a name."""
        return note(self._connection, name)

    def clear(self) -> None:
        """Begin again, in one step: the pages are read meanwhile."""
        with self._connection as connection:
            connection.execute("INSERT INTO terms (terms) VALUES ('delete-all')")
            for table in ("records", "bodies", "topics", "said", "stories", "story_articles", "notes"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
        self._count = 0

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _add(
        self, connection: sqlite3.Connection, seconds: int, outcome: str, record: Mapping[str, Any], terms: Terms
    ) -> None:
        article = record["article"]
        name = str(article["id"])
        there = connection.execute("SELECT id, outcome FROM records WHERE article = ?", (name,)).fetchone()
        if there and there[1] == outcome and outcome:
            return
        if there:
            self._remove(connection, there[0])
        key = id_at(seconds, name)
        while connection.execute("SELECT 1 FROM records WHERE id = ?", (key,)).fetchone():
            key += 1
        title = article.get("title") or " ".join(record["text"][:120].split())
        connection.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)",
            (key, outcome, name, title, article.get("source"), record.get("genre")),
        )
        connection.execute("INSERT INTO bodies VALUES (?, ?)", (key, zlib.compress(orjson.dumps(record), 1)))
        connection.execute(f"INSERT INTO terms (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", (key, *terms))  # noqa: S608
        topics = [(key, each["code"], each.get("label_en") or each["code"]) for each in record.get("topics") or ()]
        connection.executemany("INSERT OR IGNORE INTO topics VALUES (?, ?, ?)", topics)
        connection.executemany("INSERT OR IGNORE INTO said VALUES (?, ?, ?, ?, ?)", _voices(key, record))
        self._count += 1

    def _remove(self, connection: sqlite3.Connection, id: int) -> None:
        (body,) = connection.execute("SELECT record FROM bodies WHERE id = ?", (id,)).fetchone()
        terms = terms_of(unpack(body))  # the index keeps no text: it is told what to take out
        connection.execute(
            f"INSERT INTO terms (terms, rowid, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (id, *terms),
        )
        for table, key in (("records", "id"), ("bodies", "id"), ("topics", "record"), ("said", "record")):
            connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (id,))  # noqa: S608
        self._count -= 1

    def _trim(self, connection: sqlite3.Connection) -> None:
        if self._count > self._keep:
            oldest = connection.execute(
                "SELECT id FROM records ORDER BY id LIMIT ?", (self._count - self._keep,)
            ).fetchall()
            for (key,) in oldest:
                self._remove(connection, key)

    @staticmethod
    def _add_story(connection: sqlite3.Connection, story: Mapping[str, Any]) -> None:
        for gone in story.get("merged") or ():
            connection.execute("DELETE FROM stories WHERE id = ?", (gone,))
        articles = story["articles"]
        if story.get("merged_into") or not articles:
            connection.execute("DELETE FROM stories WHERE id = ?", (story["id"],))
            return
        last = seconds_of({"article": {"published_at": story.get("last_seen")}})
        row = (story["id"], last, len(articles), story["independent_sources"], zlib.compress(orjson.dumps(story), 1))
        connection.execute("REPLACE INTO stories VALUES (?, ?, ?, ?, ?)", row)
        connection.executemany(
            "REPLACE INTO story_articles VALUES (?, ?)", [(article["id"], story["id"]) for article in articles]
        )


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the index for one answer; nothing can be written through it."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        yield connection


def note(connection: sqlite3.Connection, name: str) -> str | None:
    """Return what was noted under a name."""
    found = connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])


def unpack(body: bytes) -> dict[str, Any]:
    """Return a record or a story as the index keeps it."""
    value: dict[str, Any] = orjson.loads(zlib.decompress(body))
    return value


def remove(path: Path) -> None:
    """Remove an index with what SQLite lays beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _voices(id: int, record: Mapping[str, Any]) -> Iterator[tuple[int, str, str, str | None, bool]]:
    entities = {entity["id"]: entity for entity in record.get("entities") or ()}
    for claim in (*(record.get("quotations") or ()), *(record.get("statements") or ())):
        if speaker := claim.get("speaker"):
            entity = entities.get(speaker.get("entity"))
            key = (entity.get("key") if entity else None) or fold(speaker["name"])
            yield id, key, speaker["name"], speaker.get("gender"), entity is not None


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return _opened(path)
        except sqlite3.DatabaseError:  # damaged, or of another version: a cache is made again
            remove(path)
            return _opened(path)
    except (OSError, sqlite3.Error) as error:
        raise CommandError(
            f"cannot keep the index at {path}: {error}; choose another folder with --index", Exit.FAILED
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    path.chmod(0o600)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    [(version,)] = connection.execute("PRAGMA user_version")
    if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        connection.executescript(_SCHEMA)
    elif version != FORMAT:
        connection.close()
        raise sqlite3.DatabaseError("of another version")
    return connection
