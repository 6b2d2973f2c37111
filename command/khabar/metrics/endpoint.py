"""The port: `/metrics` in Prometheus' text form, `/healthz` as 200 or 503. Read-only, and bounded whatever is sent to it."""

import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from prometheus_client.exposition import choose_encoder

from khabar.errors import CommandError, Exit
from khabar.metrics.source import Source

SLOW_S = 5.0  # for a request to come, and for its answer to go
MOST_REQUESTS = 16  # at once; Prometheus sends one each some seconds
TEXT = "text/plain; charset=utf-8"
LOCAL = "127.0.0.1"


def read_address(address: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`, `:PORT` or `PORT`. Without a host: the loopback, because readers need no password.

    Raises:
        ValueError: the address has another form.
    """
    try:
        parts = urlsplit(f"//{address if ':' in address else f':{address}'}")
        if parts.port is None or parts.path or parts.username is not None:
            raise ValueError
    except ValueError:
        raise ValueError("must be HOST:PORT or PORT, as 0.0.0.0:9464") from None
    return parts.hostname or LOCAL, parts.port


class Endpoint:
    """Answers on one port from a thread until it is closed.

    Args:
        address: as `read_address` takes it; port 0 for any that is free.
        source: what is told.

    Raises:
        CommandError: the port is taken, or not ours to take.
    """

    def __init__(self, address: str, source: Source) -> None:
        host, port = read_address(address)
        self._source = source
        try:
            self._server = _Server((host, port), _handler(source))
        except OSError as error:
            raise CommandError(
                f"metrics: {host}:{port} cannot be listened on: {error.strerror or error}", Exit.USAGE
            ) from error
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._source.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._room = threading.BoundedSemaphore(MOST_REQUESTS)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing: the client has closed its connection."""


def _handler(source: Source) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = SLOW_S
        server_version, sys_version = "khabar", ""

        def do_GET(self) -> None:
            match urlsplit(self.path).path:
                case "/metrics":
                    encode, kind = choose_encoder(self.headers.get("Accept", ""))
                    self._answer(HTTPStatus.OK, encode(source.metrics()), kind)
                case "/healthz":
                    is_well, why = source.health()
                    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
                    self._answer(status, f"{why}\n".encode("utf-8", "replace"), TEXT)
                case _:
                    self._answer(HTTPStatus.NOT_FOUND, b"there are /metrics and /healthz\n", TEXT)

        do_HEAD = do_GET  # noqa: N815  # http.server's name

        def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A scrape every fifteen seconds is no news."""

    return Handler
