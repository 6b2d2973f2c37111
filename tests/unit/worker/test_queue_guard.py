"""The door of Celery's queue, tried with anything: what goes on is a batch in a message of our own, or nothing."""

import base64
import json
from typing import Any

import pytest
from celery import Celery
from celery.worker.request import Request
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.host.queue_guard import Refused, read_batch, read_item, write_batch
from khabar.keys.names import TASK, Lane

CANARY = "canaryqamar"
APP = Celery("test", broker="memory://", set_as_current=False)


@APP.task(name=TASK)  # type: ignore[untyped-decorator]
def extract(lane: str, ids: list[str]) -> None:
    """Nothing."""


def sent(**options: Any) -> dict[str, Any]:
    """Return what Celery puts on the queue for a batch, as a worker reads it."""
    message: dict[str, Any] = {}
    made = APP.amqp.as_task_v2("1", TASK, args=("live", ["1-1", "2-1"]), argsrepr="-", kwargsrepr="-", **options)
    message["body"] = base64.b64encode(json.dumps(made.body).encode()).decode()
    message["headers"] = made.headers
    message["properties"] = made.properties | {
        "delivery_info": {"exchange": "", "routing_key": "batches"},
        "delivery_tag": "1",
        "body_encoding": "base64",
        "priority": 0,
        "delivery_mode": 2,
    }
    message |= {"content-type": "application/json", "content-encoding": "utf-8"}
    read: dict[str, Any] = read_item(json.dumps(message))
    return read


def begin(message: dict[str, Any]) -> Request:
    """Make of a message what a worker makes of it."""
    with APP.connection_for_read() as connection:
        channel = connection.channel()
        made = channel.Message(message, channel=channel)
        return Request(made, app=APP, task=extract, headers=made.headers, body=made.body, decoded=False)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5).map(lambda text: text + CANARY)
    | st.sampled_from(["", "2999-01-01T00:00:00", "json", "1-1", "live", 0, -1, 1e308]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
HEADERS = [*sorted(sent()["headers"]), "compression", "stamps", "stamped_headers", "chord", "method", "x" + CANARY]
PROPERTIES = [*sorted(sent()["properties"]), "reply_to", "expiration", "x" + CANARY]
PARTS = ["headers", "properties", "body", "content-type", "content-encoding"]
ARGUMENTS = st.lists(JSON, max_size=4) | st.tuples(
    st.tuples(
        st.sampled_from(["live", "backfill"]) | JSON, st.lists(st.sampled_from(["1-1", "2-1"]) | JSON, max_size=3)
    ),
    st.just({}) | JSON,
    st.just({"callbacks": None}) | JSON,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(HEADERS), JSON, max_size=3),
    st.dictionaries(st.sampled_from(PROPERTIES), JSON, max_size=2),
    st.none() | ARGUMENTS,
    st.none() | st.tuples(st.sampled_from(PARTS), JSON),
)
def test_nothing_of_a_message_goes_on_but_lane_and_ids(
    headers: dict[str, Any], properties: dict[str, Any], arguments: Any, part: tuple[str, Any] | None
) -> None:
    """One header that Celery does not expect ended every worker, and the message came back for the next."""
    message = sent()
    message["headers"] |= headers
    message["properties"] |= properties
    if arguments is not None:
        message["body"] = base64.b64encode(json.dumps(arguments).encode()).decode()
    if part is not None:
        message[part[0]] = part[1]
    try:
        lane, ids = read_batch(message)
    except Refused as refused:
        assert CANARY not in str(refused)
        return
    request = begin(write_batch((lane, ids), "batches"))
    assert CANARY not in json.dumps(write_batch((lane, ids), "batches"))
    assert (request.task_name, request.args, request.kwargs) == (TASK, [lane, ids], {})
    assert lane in list(Lane)
    assert (request.eta, request.expires, list(request.time_limits)) == (None, None, [None, None])
    assert request.id != message["headers"]["id"]


def test_what_a_dispatcher_sends_comes_in() -> None:
    """With every header that this Celery writes."""
    assert read_batch(sent()) == ("live", ["1-1", "2-1"])


def test_what_another_version_adds_is_left_behind() -> None:
    """In a rolling upgrade, dispatchers of the next version or Celery send to workers of this one."""
    message = sent()
    message["headers"]["later"] = message["properties"]["later"] = message["later"] = {"a": CANARY}
    assert read_batch(message) == ("live", ["1-1", "2-1"])


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("eta", {}),
        ("eta", "2999-01-01T00:00:00+00:00"),
        ("expires", []),
        ("expires", "2000-01-01T00:00:00+00:00"),
        ("timelimit", [0.001, 0.001]),
        ("timelimit", CANARY),
        ("stamps", {CANARY: 1}),
        ("stamped_headers", [CANARY]),
        ("shadow", CANARY),
        ("retries", CANARY),
    ],
)
def test_a_message_that_asks_for_more_is_refused_by_the_name_of_its_header(header: str, value: Any) -> None:
    """A time limit of a stranger would kill children and count attempts against the articles."""
    message = sent()
    message["headers"][header] = value
    with pytest.raises(Refused, match=rf"\({header}\)") as caught:
        read_batch(message)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("entry", ["١-١", "18446744073709551616-1", "1-99999999999999999999", "1-1\n", "1", "1-*"])
def test_an_id_that_the_broker_would_refuse_is_refused(entry: str) -> None:
    """The script that begins the batch would fail, and its batch fellows with it."""
    message = sent()
    message["body"] = base64.b64encode(json.dumps([["live", ["1-1", entry]], {}, {}]).encode()).decode()
    with pytest.raises(Refused):
        read_batch(message)


@pytest.mark.parametrize("kind", ["decimal", "uuid", "bytes", "datetime", "date", "base64"])
def test_an_item_is_never_turned_into_other_types(kind: str) -> None:
    """Kombu's reader raises what its worker does not catch: {"__type__": "decimal", "__value__": "x"}."""
    for value in ("x", None, [], {"hex": 1}, 7):
        item = {"__type__": kind, "__value__": value}
        assert read_item(json.dumps(item)) == item
