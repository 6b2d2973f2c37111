"""A search: what is asked for, and the records that answer, newest first."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self
from urllib.parse import urlencode

from khabar.browsing.index import unpack
from khabar.browsing.moments import ids_of_day
from khabar.browsing.terms import match_of

PER_PAGE: Final = 20
MOST_COUNTED: Final = 1000
MOST_CHARS: Final = 200  # of each field of a search


@dataclass(frozen=True, slots=True)
class Search:
    """A search; empty fields ask for nothing.

    Attributes:
        q: words of the text. person, organisation, place: names. topic: an IPTC code. outlet, genre: as records have them.
        since, until: days, 2026-08-14, both inside. before: key of the last record seen, for the next page.
    """

    q: str = ""
    person: str = ""
    organisation: str = ""
    place: str = ""
    topic: str = ""
    outlet: str = ""
    genre: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """Read the parameters of an address; what is not known is left out."""
        return cls(**{each.name: parameters.get(each.name, "").strip()[:MOST_CHARS] for each in fields(cls)})

    def address(self, path: str = "/", **changes: str) -> str:
        """Return the address of this search with some fields changed."""
        changed = replace(self, **changes)
        given = {each.name: value for each in fields(changed) if (value := getattr(changed, each.name))}
        return f"{path}?{urlencode(given)}" if given else path

    @property
    def is_everything(self) -> bool:
        """Whether it asks for all records."""
        return self == Search(before=self.before)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found."""

    id: int
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search.

    Attributes:
        hits: of one page.
        count: of all pages, at most MOST_COUNTED + 1.
        older: key after which the next page begins; empty on the last page.
    """

    hits: list[Hit]
    count: int
    older: str


def find(connection: sqlite3.Connection, search: Search) -> Found:
    """Return the newest records that a search asks for."""
    match = match_of(
        search.q, person=search.person, organisation=search.organisation, place=search.place, topic=search.topic,
        outlet=search.outlet, genre=search.genre,
    )  # fmt: skip
    first, end = _between(search)
    table, column, where = ("terms", "rowid", "terms MATCH ? AND") if match else ("records", "id", "")
    given = [match] if match else []
    scope = f"FROM {table} WHERE {where} {column} >= ? AND {column} < ?"
    counted = f"SELECT count(*) FROM (SELECT 1 {scope} LIMIT ?)"  # noqa: S608  # own words alone
    newest = f"SELECT {column} {scope} ORDER BY {column} DESC LIMIT ?"
    [(count,)] = connection.execute(counted, (*given, first, end, MOST_COUNTED + 1))
    last = min(end, int(search.before)) if search.before.isdecimal() and len(search.before) < 19 else end
    keys = [key for (key,) in connection.execute(newest, (*given, first, last, PER_PAGE + 1))]
    hits = [Hit(key, record) for key in keys[:PER_PAGE] if (record := record_at(connection, key)) is not None]
    return Found(hits, int(count), str(keys[PER_PAGE - 1]) if len(keys) > PER_PAGE else "")


def record_at(connection: sqlite3.Connection, id: int) -> dict[str, Any] | None:
    """Return the record with a key of the index, with its outcome id."""
    row = connection.execute(
        "SELECT record, outcome FROM bodies JOIN records USING (id) WHERE id = ?", (id,)
    ).fetchone()
    return None if row is None else {"outcome_id": row[1] or None, **unpack(row[0])}


def _between(search: Search) -> tuple[int, int]:
    since, until = ids_of_day(search.since), ids_of_day(search.until)
    return since[0] if since else 0, until[1] if until else (1 << 63) - 1
