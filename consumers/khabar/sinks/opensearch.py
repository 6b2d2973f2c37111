"""An index of OpenSearch or Elasticsearch, filled through _bulk; the outcome's id is the document's, so each is there once."""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from khabar.consuming.delivery import Delivery
from khabar.errors import SinkError
from khabar.exporters.bulk import lines
from khabar.sinks.base import Sink
from khabar.sinks.http import TRANSIENT, Answer, Server
from khabar.sinks.patience import PATIENCE_S, Unavailable, patiently
from khabar.sinks.refused import RefusedRecords

TARGETS: Final = ("opensearch+http://", "opensearch+https://", "elasticsearch+http://", "elasticsearch+https://")

REQUEST_BYTES: Final = 8 << 20  # both servers advise 5 to 15 MB, and refuse 100 MB
_NDJSON: Final = {"content-type": "application/x-ndjson"}
_JSON: Final = {"content-type": "application/json"}
_DATE: Final = {"type": "date", "format": "strict_date_optional_time", "ignore_malformed": True}
# Index the fields that a person searches. The producer's other fields and the fields for programs are stored and not indexed: if
# a field in `extra` is a number in one record and a word in another, the server would refuse the record.
MAPPING: Final[dict[str, Any]] = {
    "properties": {
        "text": {"type": "text", "analyzer": "arabic"},
        "published_at_utc": _DATE,
        "scraped_at_utc": _DATE,
        "article": {
            "properties": {
                "title": {"type": "text", "analyzer": "arabic"},
                "published_at": _DATE,
                "scraped_at": _DATE,
                "extra": {"type": "object", "enabled": False},
            }
        },
        **{name: {"type": "nested"} for name in ("entities", "quotations", "statements", "quantities", "temporal")},
        **{
            name: {"type": "object", "enabled": False}
            for name in ("paragraphs", "sentences", "tokens", "pos", "custom", "provenance")
        },
    }
}


class OpenSearchSink(Sink):
    """Collects what is written, and sends it at the flush."""

    def __init__(self, url: str, *, dead: str = "", patience_s: float = PATIENCE_S) -> None:
        """Find the index, or make it with a mapping for Arabic text.

        Args:
            url: http://host:9200/INDEX, with user and password where the server asks for them.
            dead: file for records that the server refuses; without it they stop the sink.
            patience_s: how long to try a server that is unreachable.

        Raises:
            SinkError: the target is no index, or the server does not let us in.
        """
        self._server = Server(url)
        self._patience_s = patience_s
        self._new: dict[str, Delivery] = {}
        if self._server.path.count("/") != 1:
            raise SinkError("the target names no index; give http://HOST:9200/INDEX")
        self._refused = RefusedRecords(dead, where=self._server.where)
        if self._ask("HEAD", self._server.path).status == 404:
            made = self._ask("PUT", self._server.path, orjson.dumps({"mappings": MAPPING}), _JSON)
            if made.status >= 300 and b"already_exists" not in made.body:
                raise SinkError(f"{self._server.where}: cannot make the index: {made}")

    def write(self, deliveries: Sequence[Delivery]) -> None:
        """Keep records for the next flush."""
        self._new |= {each.event.id: each for each in deliveries}

    def flush(self) -> None:
        """Send them; return when the server has each on its disk, or the file for refused records has it."""
        refused: dict[str, tuple[Delivery, str]] = {}
        while self._new:
            size, part = 0, dict[str, bytes]()
            for key, delivery in self._new.items():
                data = lines(delivery) + b"\n"
                size += len(data)
                if part and size > REQUEST_BYTES:
                    break
                part[key] = data
            refused |= {key: (self._new[key], reason) for key, reason in self._send(part).items()}
            for key in part:
                del self._new[key]
        self._refused.add(refused)

    def close(self) -> None:
        """Close the connection."""
        self._server.close()
        self._refused.close()

    def _send(self, part: dict[str, bytes]) -> dict[str, str]:
        """Send documents by id until the server has taken or refused each; return the refused ones with the reason."""
        left, refused = dict(part), dict[str, str]()

        def attempt() -> None:
            answer = self._once("POST", f"{self._server.path}/_bulk", b"".join(left.values()), _NDJSON)
            busy = ""
            for item in self._items(answer):
                if item["status"] in TRANSIENT:
                    busy = _reason(item)
                    continue
                if item["status"] >= 300:
                    refused[item["_id"]] = _reason(item)
                left.pop(item["_id"], None)
            if left:
                raise Unavailable(f"has no room for {len(left)} records just now ({busy})")

        patiently(attempt, where=self._server.where, patience_s=self._patience_s)
        return refused

    def _items(self, answer: Answer) -> list[dict[str, Any]]:
        try:
            if answer.status >= 300:
                raise ValueError
            return [item["index"] for item in orjson.loads(answer.body)["items"]]
        except (ValueError, KeyError, TypeError) as error:
            raise SinkError(
                f"{self._server.where}: {answer}: this is not an answer of OpenSearch or Elasticsearch"
            ) from error

    def _ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        return patiently(
            lambda: self._once(method, path, body, headers), where=self._server.where, patience_s=self._patience_s
        )

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str] | None) -> Answer:
        answer = self._server.ask(method, path, body, headers)
        if answer.status in TRANSIENT:
            raise Unavailable(str(answer), wait_s=answer.wait_s)
        if answer.status in (401, 403):
            raise SinkError(
                f"{self._server.where}: {answer}: give a user with rights on the index: http://USER:PASSWORD@HOST"
            )
        return answer


def sink(target: str, *, dead: str = "", patience_s: float = PATIENCE_S) -> Sink:
    """Return the sink of this index.

    Args:
        target: http://host:9200/INDEX or opensearch+http://host:9200/INDEX.
        dead: file for records that the server refuses; without it the first one stops the command.
        patience_s: seconds for which a server that is unreachable is tried again.
    """
    for name in ("opensearch+", "elasticsearch+"):
        target = target.removeprefix(name)
    return OpenSearchSink(target, dead=dead, patience_s=patience_s)


def _reason(item: dict[str, Any]) -> str:
    error = item.get("error") or {}
    words = f"{error.get('type')}: {error.get('reason')}" if isinstance(error, dict) else str(error)
    return f"{item['status']} {words}"[:200]
