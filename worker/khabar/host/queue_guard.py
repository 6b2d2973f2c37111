"""Guards Celery's queue: only a dispatcher's messages pass. Any other item is dropped; the log says why, without its words.

Without this guard, an item that is not valid JSON would end the worker. kombu would unpack any compression that a header names.
Celery would log the whole body of a message that it cannot use; if a scraper pushes to the wrong list, that is an article.
Even a header can end a worker (`"eta": {}`). So no message is passed on as it came: lane and entry ids are read from it, and a
new message is written around them. Additions by a later version or another Celery are dropped here.
Dropping loses nothing: the ledger has the article, and a batch without its message is sent again after its lease.
"""

import base64
import logging
import re
from typing import Any, Final
from uuid import uuid4

import orjson
from kombu import transport
from kombu.transport import redis as kombu_redis
from kombu.utils.json import dumps

from khabar.broker.scripts import KeptScript
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
ENTRY_ID = re.compile(r"([0-9]{1,20})-([0-9]{1,20})")
LAST_NUMBER: Final = (1 << 64) - 1  # in an entry id; the broker refuses a larger one
# Headers that could ask Celery for more than to run a batch now, with a dispatcher's values; a header may also be absent.
QUIET: Final[dict[str, tuple[Any, ...]]] = {
    "eta": (None,),
    "expires": (None,),
    "timelimit": (None, [None, None]),
    "stamped_headers": (None, []),
    "stamps": (None, {}),
    "group": (None,),
    "shadow": (None,),
    "retries": (None, 0),
}

Batch = tuple[str, list[str]]  # lane and entry ids

WRITE: Final = (
    "#!lua flags=allow-oom\nreturn redis.call(ARGV[1], KEYS[1], ARGV[2])"  # one write, however full the broker is
)


def install() -> None:
    """Put the guard into Celery's Redis connections."""
    transport.TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:GuardedTransport"))
    transport.TRANSPORT_ALIASES["sentinel"] = f"{__name__}:GuardedSentinelTransport"
    kombu_redis.loads = read_item  # type: ignore[attr-defined]  # what a channel reads each item with


def read_item(item: str) -> Any:
    """Read plain JSON. kombu's own reader also makes dates and decimals if an item asks for them, and fails in many ways.

    Raises:
        ValueError: the item is not valid JSON.
    """
    return orjson.loads(item)


class Refused(Exception):
    """The message is not from a dispatcher; says why in words that quote nothing of it."""


def read_batch(message: Any) -> Batch:
    """Return the lane and the entry ids that a message of a dispatcher names.

    Raises:
        Refused: the message is not from a dispatcher.
    """
    if reason := _refusal_of_envelope(message):
        raise Refused(reason)
    return _read_arguments(message["body"])


def write_batch(batch: Batch, queue: str) -> dict[str, Any]:
    """Write the message that Celery gets instead of the one that came."""
    lane, ids = batch
    task_id = str(uuid4())
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    return {
        "body": base64.b64encode(orjson.dumps([[lane, ids], {}, embed])).decode("ascii"),
        "content-encoding": "utf-8",
        "content-type": CONTENT_TYPE,
        "headers": {
            "lang": "py",
            "task": TASK,
            "id": task_id,
            "root_id": task_id,
            "parent_id": None,
            "group": None,
            "eta": None,
            "expires": None,
            "retries": 0,
            "timelimit": [None, None],
            "argsrepr": "-",
            "kwargsrepr": "-",
            "ignore_result": True,
        },
        "properties": {
            "correlation_id": task_id,
            "reply_to": "",
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": queue},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": task_id,
        },
    }


def _refusal_of_envelope(message: Any) -> str | None:
    if not isinstance(message, dict):
        return "is no object"
    headers, properties, body = (message.get(name) for name in ("headers", "properties", "body"))
    if not isinstance(headers, dict) or not isinstance(properties, dict) or not isinstance(body, str):
        return "has no headers, properties and body"
    if len(body) > MAX_BODY_CHARS:
        return f"has a body of {len(body):,} characters and the limit is {MAX_BODY_CHARS:,}"
    if message.get("content-type") != CONTENT_TYPE or message.get("content-encoding") != "utf-8":
        named = message.get("content-type")
        kind = KNOWN_TYPES.get(named, "no JSON") if isinstance(named, str) else "no JSON"
        return f"has a body that is {kind}; it is not unpacked"
    if "compression" in headers:
        return "is compressed; it is not unpacked"
    if headers.get("task") != TASK or not isinstance(headers.get("id"), str):
        return f"is not for {TASK}"
    delivery = properties.get("delivery_info"), properties.get("delivery_tag"), properties.get("body_encoding")
    if not isinstance(delivery[0], dict) or not isinstance(delivery[1], str) or delivery[2] != "base64":
        return "has no delivery information"
    for name, values in QUIET.items():
        if headers.get(name) not in values:
            return f"asks for more than a batch ({name})"
    return None


def _read_arguments(body: str) -> Batch:
    try:
        args, kwargs, embed = orjson.loads(base64.b64decode(body, validate=True))
        lane, ids = args
        if lane not in list(Lane) or not isinstance(ids, list) or not 0 < len(ids) <= MAX_IDS:
            raise Refused("names no lane with entries")
        if not all(map(_is_entry_id, ids)):
            raise Refused("names something that is no entry id")
    except (ValueError, TypeError):
        raise Refused("has a body without a lane and entry ids") from None
    # Callbacks and chains would let the worker send messages of the sender's choice.
    if kwargs or not isinstance(embed, dict) or any(embed.values()):
        raise Refused("asks for more than a batch")
    return str(lane), ids


def _is_entry_id(entry: Any) -> bool:
    match = ENTRY_ID.fullmatch(entry) if isinstance(entry, str) else None
    return match is not None and all(int(number) <= LAST_NUMBER for number in match.groups())


def _drop(reason: str) -> None:
    log.error("a message on the queue %s; it is dropped", reason, extra={"action": "message_refused"})


class _Reading:
    """Part of a channel: outlives an item that is no UTF-8."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # a channel's
        except (ValueError, RecursionError):  # of kombu's own reading; the item has left the list
            _drop("is no JSON")
            return True


class _Putting:
    """Part of a channel: puts a batch that goes first at the end of the queue from which the next batch is taken.

    It writes even if the broker is out of memory: a message holds only ids, and the batch makes room when it ends.
    """

    def _put(self, queue: str, message: Any, **_options: Any) -> None:
        goes_first = message["properties"].get("priority") == FIRST
        self._write("RPUSH" if goes_first else "LPUSH", queue, dumps(message))

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None) -> None:
        """Note the queue where kombu does; khabar has neither fan-out nor queues that expire."""
        member = self.sep.join([routing_key or "", pattern or "", queue or ""])  # type: ignore[attr-defined]  # a channel's
        for key in (self.keyprefix_queue, self.keyprefix_binding_permanent):  # type: ignore[attr-defined]
            self._write("SADD", key % (exchange,), member)

    def _size(self, queue: str) -> int:
        """Return the queue's length; kombu asks in a MULTI, which Redis 7 refuses when it is out of memory."""
        with self.conn_or_acquire() as client:  # type: ignore[attr-defined]  # a channel's
            return int(client.llen(queue))

    def _write(self, command: str, key: str, value: str) -> None:
        with self.conn_or_acquire() as client:  # type: ignore[attr-defined]  # a channel's
            KeptScript(client, WRITE)(keys=[key], args=[command, value])


class _Delivering:
    """Part of a transport: delivers batches and nothing else."""

    def _deliver(self, message: Any, queue: str | None) -> None:
        try:
            batch = read_batch(message)
        except Refused as refused:
            _drop(str(refused))
        else:
            super()._deliver(write_batch(batch, queue or ""), queue)  # type: ignore[misc]  # a transport's


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
