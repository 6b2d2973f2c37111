"""The web application: reads the index, writes nothing, and answers nobody but a browser on an address that it knows."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from khabar.browsing.frame import DRESS, failure_page, record_page_of
from khabar.browsing.index import note, reading, unpack
from khabar.browsing.overview import PERIODS, overview
from khabar.browsing.overview_page import overview_page
from khabar.browsing.remembered import Remembered
from khabar.browsing.search import Search, find, record_at
from khabar.browsing.search_page import search_page
from khabar.browsing.story_page import stories_page, story_page
from khabar.browsing.terms import words_in
from khabar.page.words import heading
from khabar.pipeline.left_out import left_out

MOST_OUTLETS: Final = 200
STORIES_PER_PAGE: Final = 30
FIRST_PERIOD: Final = "7"
_HEADERS: Final = {
    "content-security-policy": DRESS.policy("form-action 'self'", "frame-ancestors 'none'"),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def build_app(index: Path, *, hosts: Sequence[str], status: Callable[[], str]) -> ASGIApp:
    """Return the application.

    Args:
        index: the file that is read.
        hosts: names by which a browser may call it; any other is refused, for a page of anybody may point its own name here.
        status: says in one line what is indexed and what not.

    Its lifespan begins with a thread that makes what all pages share: reading 100,000 records for it takes a second or two.
    """
    site = _Site(index, status)
    app = Starlette(
        routes=[
            Route("/", site.search),
            Route("/record/{id:int}", site.record),
            Route("/record/{id:int}.json", site.record_json),
            Route("/stories", site.stories),
            Route("/story/{id:path}", site.story),
            Route("/overview", site.overview),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=site.lifespan,
    )
    return _WithHeaders(app)


class _Site:
    """The handlers; Starlette calls each in a thread, and each opens the index for itself."""

    def __init__(self, index: Path, status: Callable[[], str]) -> None:
        self._index = index
        self._status = status
        self._overviews = {period: Remembered(partial(overview, period=period)) for period in PERIODS}
        self._choices = Remembered(_choices)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Prepare beside the server, which answers meanwhile."""
        Thread(target=self.prepare, name="khabar-browse-prepare", daemon=True).start()
        yield

    def prepare(self) -> None:
        """Read what answers share before anybody asks, the likeliest first."""
        with suppress(sqlite3.Error), reading(self._index) as connection:  # a page that needs it says what is wrong
            self._choices.get(connection)
            for period in sorted(PERIODS, key=lambda each: each != FIRST_PERIOD):
                self._overviews[period].get(connection)

    def search(self, request: Request) -> Response:
        search = Search.of(request.query_params)
        with reading(self._index) as connection:
            found = find(connection, search)
            outlets, topics = self._choices.get(connection)
        words = words_in(" ".join([search.q, search.person, search.organisation, search.place]))
        return HTMLResponse(search_page(search, found, words, outlets, topics, self._status()))

    def record(self, request: Request) -> Response:
        key, record, story = self._record(request)
        try:
            out = left_out(record)
            shown = record_page_of(record, out, story, title=heading(record), json=f"/record/{key}.json")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            raise HTTPException(404, "this is not a record of khabar") from None
        return HTMLResponse(shown)

    def record_json(self, request: Request) -> Response:
        _, record, _ = self._record(request)
        return Response(orjson.dumps(record, option=orjson.OPT_INDENT_2), media_type="application/json")

    def stories(self, request: Request) -> Response:
        before, _, before_id = request.query_params.get("before", "").partition("-")
        last = float(before) if before.isdecimal() and len(before) < 15 else 1e15
        with reading(self._index) as connection:
            rows = connection.execute(
                "SELECT story, cast(last AS INTEGER) || '-' || id FROM stories WHERE articles > 1 AND (last, id) < (?, ?) "
                "ORDER BY last DESC, id DESC LIMIT ?",
                (last, before_id, STORIES_PER_PAGE + 1),
            ).fetchall()
            told = note(connection, "no_stories")
        older = rows[STORIES_PER_PAGE - 1][1] if len(rows) > STORIES_PER_PAGE else ""
        empty = "" if rows else told or "There are no stories of more than one article."
        return HTMLResponse(
            stories_page([unpack(body) for body, _ in rows[:STORIES_PER_PAGE]], older, empty, status=self._status())
        )

    def story(self, request: Request) -> Response:
        with reading(self._index) as connection:
            row = connection.execute("SELECT story FROM stories WHERE id = ?", (request.path_params["id"],)).fetchone()
            if row is None:
                raise HTTPException(404, "there is no such story")
            story = unpack(row[0])
            names = [article["id"] for article in story["articles"]][:1000]
            held = ",".join("?" * len(names))
            known = dict(connection.execute(f"SELECT article, id FROM records WHERE article IN ({held})", names))  # noqa: S608
        return HTMLResponse(story_page(story, known))

    def overview(self, request: Request) -> Response:
        period = request.query_params.get("days", FIRST_PERIOD)
        if period not in PERIODS:
            raise HTTPException(404, "there is no such period")
        with reading(self._index) as connection:
            found = self._overviews[period].get(connection)
        return HTMLResponse(overview_page(found, period, status=self._status()))

    def _record(self, request: Request) -> tuple[int, dict[str, Any], tuple[str, int] | None]:
        key = request.path_params["id"]
        with reading(self._index) as connection:
            record = record_at(connection, key) if key < 1 << 63 else None
            if record is None:
                raise HTTPException(404, "there is no such record; a newer one of its article may have taken its place")
            story = connection.execute(
                "SELECT stories.id, articles FROM story_articles JOIN stories ON stories.id = story_articles.story "
                "WHERE article = ? AND articles > 1",
                (record["article"]["id"],),
            ).fetchone()
        return key, record, story


def _choices(connection: sqlite3.Connection) -> tuple[list[str], list[tuple[str, str]]]:
    """Return outlets and topics to choose from."""
    outlets = connection.execute(
        "SELECT outlet FROM records WHERE outlet IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
        (MOST_OUTLETS,),
    )
    topics = connection.execute("SELECT DISTINCT code, label FROM topics ORDER BY label LIMIT 50")
    return [name for (name,) in outlets], topics.fetchall()


class _WithHeaders:
    """Puts the headers of `_HEADERS` on every answer, refusals and failures too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _refused(_request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    return HTMLResponse(failure_page("Not found" if code == 404 else "Not possible", detail), code)


def _failed(_request: Request, error: Exception) -> Response:
    if isinstance(error, sqlite3.Error):
        return HTMLResponse(failure_page("The index cannot be read now", "Try again in a moment."), 503)
    return HTMLResponse(failure_page("A fault in khabar itself", "Please report it."), 500)
