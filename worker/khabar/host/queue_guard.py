"""The door of Celery's queue: only what a dispatcher sends comes in. Everything else is dropped and named, never shown.

kombu alone would end the worker at an item that is no JSON, unpack whatever compression a header names, and Celery
would write the whole body of what it cannot use into its log: an article, where a scraper has the wrong list.
Dropping loses nothing: the ledger has the article, and a batch whose message is gone comes back after its lease.
"""

import base64
import logging
import re
from typing import Any, Final

import orjson
from kombu import transport
from kombu.transport import redis as kombu_redis
from kombu.utils.json import dumps

from khabar.host.protocol import Speaking
from khabar.keys.names import TASK, Lane

log = logging.getLogger(__name__)

MAX_BODY_CHARS: Final = 256 * 1024  # 1,000 ids, the largest batch, are 35,000
MAX_IDS: Final = 1_000
FIRST: Final = 9  # priority of a message that goes before all others in the queue; they have none
CONTENT_TYPE: Final = "application/json"
# Named in the log where they are met; another's name could be anything.
KNOWN_TYPES: Final = {
    "application/x-python-serialize": "pickle",
    "application/x-yaml": "yaml",
    "application/x-msgpack": "msgpack",
}
ENTRY_ID = re.compile(r"\d{1,20}-\d{1,20}")


def install() -> None:
    """Let Celery's Redis connections go through the door."""
    transport.TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:GuardedTransport"))
    transport.TRANSPORT_ALIASES["sentinel"] = f"{__name__}:GuardedSentinelTransport"


def refusal(message: Any) -> str | None:
    """Say why a message is none of ours, in words that hold nothing of it; None where it is one."""
    if not isinstance(message, dict):
        return "is no object"
    headers, properties, body = (message.get(name) for name in ("headers", "properties", "body"))
    if not isinstance(headers, dict) or not isinstance(properties, dict) or not isinstance(body, str):
        return "has no headers, properties and body"
    if len(body) > MAX_BODY_CHARS:
        return f"has a body of {len(body):,} characters and the limit is {MAX_BODY_CHARS:,}"
    if message.get("content-type") != CONTENT_TYPE or message.get("content-encoding") != "utf-8":
        kind = KNOWN_TYPES.get(str(message.get("content-type")), "no JSON")
        return f"has a body that is {kind}; it is not unpacked"
    if "compression" in headers:
        return "is compressed; it is not unpacked"
    if headers.get("task") != TASK or not isinstance(headers.get("id"), str):
        return f"is not for {TASK}"
    delivery = properties.get("delivery_info"), properties.get("delivery_tag"), properties.get("body_encoding")
    if not isinstance(delivery[0], dict) or not isinstance(delivery[1], str) or delivery[2] != "base64":
        return "has no delivery information"
    return _refusal_of_arguments(body)


def _refusal_of_arguments(body: str) -> str | None:
    try:
        args, kwargs, embed = orjson.loads(base64.b64decode(body, validate=True))
        lane, ids = args
        if lane not in list(Lane) or not isinstance(ids, list) or not 0 < len(ids) <= MAX_IDS:
            return "names no lane with entries"
        if not all(isinstance(entry, str) and ENTRY_ID.fullmatch(entry) for entry in ids):
            return "names something that is no entry id"
    except (ValueError, TypeError):
        return "has a body without a lane and entry ids"
    # Callbacks and chains would let the worker send messages of the sender's choice.
    if kwargs or not isinstance(embed, dict) or any(embed.values()):
        return "asks for more than a batch"
    return None


def _drop(reason: str) -> None:
    log.error("a message on the queue %s; it is dropped", reason, extra={"action": "message_refused"})


class _Reading:
    """Part of a channel: outlives an item which is no JSON."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # a channel's
        except (ValueError, RecursionError):  # of kombu's own reading; the item has left the list
            _drop("is no JSON")
            return True


class _Putting:
    """Part of a channel: a batch that goes first joins the queue where the next one is taken."""

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        if message["properties"].get("priority") != FIRST:
            super()._put(queue, message, **options)  # type: ignore[misc]  # a channel's
            return
        with self.conn_or_acquire() as client:  # type: ignore[attr-defined]  # a channel's
            client.rpush(queue, dumps(message))


class _Delivering:
    """Part of a transport: delivers batches and nothing else."""

    def _deliver(self, message: Any, queue: str | None) -> None:
        if reason := refusal(message):
            _drop(reason)
        else:
            super()._deliver(message, queue)  # type: ignore[misc]  # a transport's


class GuardedChannel(Speaking, _Reading, _Putting, kombu_redis.Channel):
    """A channel of one server."""


class GuardedTransport(_Delivering, kombu_redis.Transport):
    """The transport of one server."""

    Channel = GuardedChannel


class GuardedSentinelChannel(Speaking, _Reading, _Putting, kombu_redis.SentinelChannel):
    """A channel of the primary that sentinels name."""


class GuardedSentinelTransport(_Delivering, kombu_redis.SentinelTransport):
    """The transport of the primary that sentinels name."""

    Channel = GuardedSentinelChannel
