"""The pages, from a real server on a port of its own."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from threading import Thread
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import uvicorn

from khabar.browsing.app import build_app
from khabar.browsing.frame import DRESS
from khabar.browsing.index import Index, reading
from tests.unit.browsing.made import entity, record, said_by
from tests.unit.page.conftest import FLOOD
from tests.unit.page.poison import POISON, assert_inert, poisoned

STORY: dict[str, Any] = {
    "id": "s1/ä", "revision": 2, "headline": "السيول", "agencies": ["رويترز"], "independent_sources": 1, "merged": [],
    "articles": [
        {"id": "1", "url": "https://example.org/1", "title": "السيول", "outlet": "الرأي", "at": "2026-08-14T09:00:00Z",
         "role": "first", "original": None, "share": None, "agency": None},
        {"id": "2", "url": None, "title": "سيول", "outlet": "Other", "at": None, "role": "copy_of", "original": "1", "share": 0.9,
         "agency": "رويترز"},
    ],
    "people": [{"name": "هند", "key": "هند", "articles": 2}], "organisations": [], "places": [],
    "figures": [{"value": 350.0, "category": "displaced", "unit": "أسرة", "said_by": None, "at": None, "articles": 2}],
    "first_seen": "2026-08-14T09:00:00Z", "last_seen": "2026-08-14T10:00:00Z",
}  # fmt: skip
PAGES = ["/", "/?q=x", "/stories", "/overview", "/overview?days=all"]


class Site:
    """A server over one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        app = build_app(index.path, hosts=["127.0.0.1", "localhost"], status=lambda: "<b>state</b>")
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
        self._thread = Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def get(self, path: str, *, method: str = "GET", host: str | None = None) -> tuple[int, dict[str, str], str]:
        """Return status, headers and body."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request(method, path, headers={"Host": host} if host is not None else {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()

    def close(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the sample article, a small record, a story, and a record for each kind of hostile text."""
    index = Index(tmp_path_factory.mktemp("browse") / "index.sqlite", keep=1000)
    flood = json.loads(FLOOD.read_text(encoding="utf-8"))
    small = record("1", "و+قال المدير", source="الرأي")
    small |= {"entities": [entity("PER", "هند")], "quotations": [said_by("هند", "f")]}
    index.add([(None, each, 1_700_000_000) for each in [flood, small, *(hostile(flood, poison) for poison in POISON)]])
    index.add_stories([STORY, *(poisoned(STORY, poison, keep=False) | {"id": poison} for poison in POISON)])
    made = Site(index)
    yield made
    made.close()
    index.close()


def hostile(record: dict[str, Any], poison: str) -> dict[str, Any]:
    """Return the record with hostile text in every field, as another article."""
    made: dict[str, Any] = poisoned(record, poison)
    return made | {"article": made["article"] | {"id": poison}, "outcome_id": poison}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_inert_and_has_a_policy(site: Site, path: str) -> None:
    """The pages show strangers' text, and a browser is no reader of plain text."""
    status, headers, body = site.get(path)
    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert_inert(body, DRESS.style, DRESS.script)


def test_records_and_stories_of_hostile_text_are_inert(site: Site) -> None:
    """In every field, on the pages of one record and one story too."""
    with reading(site.index.path) as connection:
        records = [f"/record/{key}" for (key,) in connection.execute("SELECT id FROM records")]
        stories = [f"/story/{quote(key, safe='')}" for (key,) in connection.execute("SELECT id FROM stories")]
    assert (len(records), len(stories)) == (len(POISON) + 2, len(POISON) + 1)
    for path in [*records, *stories]:
        status, _, body = site.get(path)
        assert status in (200, 404), path
        assert_inert(body, DRESS.style, DRESS.script)


@pytest.mark.parametrize("poison", POISON)
def test_what_was_asked_for_comes_back_inert(site: Site, poison: str) -> None:
    """An address is a stranger's text as well."""
    fields = ("q", "person", "organisation", "place", "topic", "outlet", "genre", "since", "until", "before")
    status, _, body = site.get(f"/?{urlencode(dict.fromkeys(fields, poison), errors='replace')}")
    assert status == 200
    assert_inert(body, DRESS.style, DRESS.script)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "localhost@evil.example"]
)
def test_a_name_that_somebody_else_pointed_here_is_refused(site: Site, host: str) -> None:
    """DNS rebinding: a page of anybody could read all records through its own name."""
    status, headers, body = site.get("/", host=host)
    assert status == 400
    assert "content-security-policy" in headers
    assert "السيول" not in body
    assert site.get("/", host=f"localhost:{site.port}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_there_is_nothing_to_write(site: Site, method: str) -> None:
    """Reading is all that it does."""
    assert site.get("/", method=method)[0] == 405


@pytest.mark.parametrize(
    "path", ["/record/1", "/record/99999999999999999999", "/record/x", "/story/none", "/nothing", "/overview?days=x"]
)
def test_what_is_not_there_is_said_on_a_page(site: Site, path: str) -> None:
    """With the way back, and under the same policy."""
    status, headers, body = site.get(path)
    assert status == 404
    assert "content-security-policy" in headers
    assert 'href="/stories"' in body


def test_a_record_leads_to_its_story_and_back(site: Site) -> None:
    """Who reads one article asks who else has it."""
    [path] = {
        part.partition('"')[0] for part in site.get("/?q=" + quote('"وقال المدير"'))[2].split('href="/record/')[1:]
    }
    body = site.get(f"/record/{path}")[2]
    assert f'href="/story/{quote(STORY["id"], safe="")}"' in body
    story = site.get(f"/story/{quote(STORY['id'], safe='')}")[2]
    assert f'href="/record/{path}"' in story
    for words in ("1 independent source", "1 copy", "90% of the shorter text", "350", "رويترز"):
        assert words in story, words


def test_what_was_found_is_marked_where_it_stands(site: Site) -> None:
    """Also where it is written together with another word."""
    assert "<mark>وقال</mark>" in site.get(f"/?q={quote('قال')}")[2]


def test_a_record_as_json_is_the_record(site: Site) -> None:
    """For who wants to look at a key."""
    body = site.get("/?q=Port+Sudan")[2]
    key = body.split('href="/record/')[1].partition('"')[0]
    _, headers, text = site.get(f"/record/{key}.json")
    assert headers["content-type"] == "application/json"
    assert json.loads(text) == json.loads(FLOOD.read_text(encoding="utf-8"))
