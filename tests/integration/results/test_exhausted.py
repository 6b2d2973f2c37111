"""What has used up its attempts ends as a dead letter, whatever else is wrong with it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from khabar.broker.connection import connect
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, GROUP, Lane, Names
from khabar.ledger.entries import Batch
from khabar.results.exhausted import ExhaustedRejecter
from khabar.results.publisher import ResultPublisher
from tests.articles import article
from tests.broker import Broker

NAMES = Names("test:")
LEDGER = NAMES.ledger(Lane.LIVE)


@pytest.fixture
def client(broker: Broker) -> Iterator[redis.Redis]:
    client = connect(broker.url)
    client.xgroup_create(LEDGER, GROUP, id="0", mkstream=True)
    yield client
    client.close()


def give_up(
    client: redis.Redis, *items: bytes, versions: dict[Lane, str] | None = None, failure: str = ""
) -> list[Any]:
    """End items that have used up their attempts; return their dead letters."""
    ids = [client.xadd(LEDGER, {ARTICLE_FIELD: item}).decode() for item in items]
    client.xreadgroup(GROUP, "dispatcher:x", {LEDGER: ">"})
    if failure:
        client.hset(NAMES.failures, mapping={f"live {entry}": failure for entry in ids})
    publisher = ResultPublisher(client, NAMES, done_generation_s=86_400)
    known = dict.fromkeys(Lane, "1") if versions is None else versions
    ExhaustedRejecter(client, NAMES, publisher, versions=lambda: known, max_bytes=100_000)(Batch(Lane.LIVE, ids, 4))
    assert client.xlen(LEDGER) == 0
    return [json.loads(fields[EVENT_FIELD.encode()])["data"] for _, fields in client.xrange(NAMES.dead)]


def test_an_item_that_raises_where_it_is_read_ends_unread(client: redis.Redis) -> None:
    """What ended its workers would end each dispatcher as well."""
    item = json.dumps(article(1)).encode()
    letters = give_up(client, item, b"[" * 2_000, versions={})  # without versions no article can be named
    assert [(each["code"], each["article_id"], each["is_cut"]) for each in letters] == [
        ("worker_lost", None, True),
        ("worker_lost", None, False),
    ]


@pytest.mark.parametrize("failure", ["", "{", "[]", "7", '{"code": 7}', '{"code": "timed_out"}', b"\xff", '"x"'])
def test_a_reason_that_cannot_be_read_is_unknown(client: redis.Redis, failure: str | bytes) -> None:
    """Somebody else's value must not keep an entry from its end."""
    letters = give_up(client, b"{}", failure=failure)
    assert [each["code"] for each in letters] == ["worker_lost"]


def test_a_later_versions_code_is_told_in_words(client: redis.Redis) -> None:
    """Consumers of this version know only the codes of its schema."""
    failure = json.dumps({"code": "later_code", "reason": "was odd", "place": "later", "later": 1})
    letters = give_up(client, b"{}", failure=failure)
    assert [(each["code"], each["reason"], each["place"]) for each in letters] == [
        ("extraction_failed", "was odd (later_code); tried 4 times", "later")
    ]


def test_failures_of_another_type_keep_nobody_from_an_end(client: redis.Redis) -> None:
    """The key is a note, not the ledger."""
    client.set(NAMES.failures, "x")
    assert [each["code"] for each in give_up(client, b"{}")] == ["worker_lost"]
