"""An HTTP server for tests that answers as a search engine's _bulk or a webhook's receiver does, and notes what it was sent."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Receiver(ThreadingHTTPServer):
    """Notes every request.

    Attributes:
        posts: headers (names in lower case) and body of each POST that was answered with 2xx.
        documents: what the index holds, by id.
        mapping: with which the index was made.
        refusing: event or document id -> the status that it is answered with.
        failing: statuses for the next requests, the first first.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.documents: dict[str, Any] = {}
        self.mapping: Any = None
        self.refusing: dict[str, int] = {}
        self.failing: list[int] = []
        self.seen: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(200 if self.server.mapping else 404)

    def do_PUT(self) -> None:
        self.server.mapping = json.loads(self._body())
        self._answer(200, {"acknowledged": True})

    def do_POST(self) -> None:
        body = self._body()
        if self.server.failing:
            self._answer(self.server.failing.pop(0))
        elif self.path.endswith("/_bulk"):
            self._bulk(body)
        else:
            status = self.server.refusing.get(self.headers["webhook-id"], 200)
            self.server.seen[self.headers["webhook-id"]] += 1
            if status == 200:
                self.server.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self._answer(status, {"error": "x"} if status >= 400 else {})

    def _bulk(self, body: bytes) -> None:
        assert body.endswith(b"\n")
        lines = body.splitlines()
        items = []
        for action, document in zip(lines[::2], lines[1::2], strict=True):
            key = json.loads(action)["index"]["_id"]
            status = self.server.refusing.get(key, 200 if key in self.server.documents else 201)
            self.server.seen[key] += 1
            error = {"type": "mapper_parsing_exception", "reason": "failed to parse"}
            items.append({"index": {"_id": key, "status": status} | ({"error": error} if status >= 300 else {})})
            if status < 300:
                self.server.documents[key] = json.loads(document)
        self._answer(200, {"errors": bool(self.server.refusing), "items": items})

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _answer(self, status: int, value: Any = None) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Write nothing to standard error."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Give out a receiver that listens."""
    receiver = Receiver()
    thread = Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        thread.join()
        receiver.server_close()
