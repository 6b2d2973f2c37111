"""HTTP for sinks: one request and its answer, whatever its status; no redirect is followed, because it would lose the body."""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import unquote, urlsplit

from khabar.errors import SinkError
from khabar.sinks.patience import Unavailable

TIMEOUT_S: Final = 30.0
TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_SHOWN_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer."""

    status: int
    body: bytes
    wait_s: float

    def __str__(self) -> str:
        words = " ".join(self.body[:_SHOWN_CHARS].decode("utf-8", "replace").split())
        return f"answers {self.status} {words}".rstrip()


class Server:
    """One server, on one connection that is kept.

    Attributes:
        where: its address without user and password, for messages.
    """

    def __init__(self, url: str) -> None:
        """Read the address; nothing is sent yet.

        Raises:
            SinkError: it is no http:// or https:// URL.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise SinkError(f"the target is not a URL: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SinkError("the target is not a URL of the form http://host:port/path or https://host/path")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.where = f"{parts.scheme}://{host}{f':{port}' if port else ''}"
        self.path = parts.path.rstrip("/")
        self.query = f"?{parts.query}" if parts.query else ""
        self._headers = {"user-agent": "khabar"}
        if parts.username is not None:
            name_password = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            self._headers["authorization"] = "Basic " + base64.b64encode(name_password).decode()
        self._connection: HTTPConnection = (
            HTTPSConnection(parts.hostname, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
            if parts.scheme == "https"
            else HTTPConnection(parts.hostname, port, timeout=TIMEOUT_S)
        )

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request, and return the answer.

        Raises:
            Unavailable: there was no answer.
        """
        is_kept = self._connection.sock is not None
        try:
            try:
                return self._ask(method, path, body, headers or {})
            except ConnectionError:
                if not is_kept:
                    raise
                self._connection.close()  # the server has closed an idle one
                return self._ask(method, path, body, headers or {})
        except ssl.SSLCertVerificationError as error:
            self._connection.close()
            raise SinkError(f"{self.where}: its certificate cannot be trusted: {error.verify_message}") from error
        except (OSError, HTTPException) as error:
            self._connection.close()
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise Unavailable(f"does not answer ({reason})") from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, path or "/", body, {**self._headers, **headers})
        response = self._connection.getresponse()
        wait = response.headers.get("retry-after", "")
        return Answer(response.status, response.read(), float(wait) if wait.isdecimal() else 0.0)
