"""Garbage and a later version's values in every key of ours: the service goes on, and what it cannot read stays."""

import itertools
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from typer.testing import CliRunner

from khabar.cli.app import COMMANDS
from khabar.cli.tree import build
from khabar.errors import KhabarError
from khabar.keys.known import BUCKETS
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.publishing.publisher import ArticlePublisher
from tests.acceptance.service import Service
from tests.articles import article
from tests.broker import Broker
from tests.waiting import wait_until

ARTICLES = 20
PATIENCE_S = 100.0
NAMES = Names()
NUMBERS = itertools.count(0, ARTICLES)
LATER_LETTER = {
    "specversion": "1.0",
    "id": "later-outcome",
    "source": "khabar",
    "type": "khabar.rejection.v1",
    "datacontenttype": "application/json",
    "later": 1,
    "data": {
        "schema_version": "1.9",
        "code": "later_code",
        "field": None,
        "reason": "a later reason",
        "place": "later",
        "lane": "express",
        "original": json.dumps(article(7_777)),
        "later": {"a": 1},
    },
}
SIGN = json.dumps({"life_ms": 1, "progress_ms": 1, "later": 1})
NOT_UTF8 = b"\xff\xfe"
NO_VALUES: tuple[str | bytes, ...] = ("", "nonsense", NOT_UTF8, "{", "[]", "7", "null", '"x"', '{"later": {"a": [1]}}')

Write = Callable[["redis.Redis"], Any]


def entries(key: str, field: str, *values: str | bytes) -> Write:
    """Return what writes each value into a stream, and entries of other fields."""

    def write(client: redis.Redis) -> None:
        for value in (*NO_VALUES, *values):
            client.xadd(key, {field: value})
        client.xadd(key, {"wrong": "x"})
        client.xadd(key, {NOT_UTF8: NOT_UTF8})
        client.execute_command("XADD", key, "*", "twice", "1", "twice", "2")

    return write


def fields(key: str, mapping: dict[str | bytes, str | bytes] | None = None) -> Write:
    """Return what writes fields into a hash: each value under a name of its own, and these."""
    names: tuple[str | bytes, ...] = (
        "nonsense",
        NOT_UTF8,
        "",
        "live notanid",
        "live 99999999999999999999-1",
        "later 1-1",
    )
    values = (
        {f"v{number}": value for number, value in enumerate(NO_VALUES)} | dict.fromkeys(names, "x") | (mapping or {})
    )
    return lambda client: client.hset(key, mapping=values)


def string(*keys: str, value: str | bytes = NOT_UTF8) -> Write:
    return lambda client: [client.set(key, value) for key in keys]


RETRY = ("nonsense", NOT_UTF8, "", "live notanid", "later 1-1", "live 99999999999999999999-1", "live 1-1", "x" * 999)
SIGNS: dict[str | bytes, str | bytes] = {
    "later:host:1": SIGN,
    "worker:host:later": SIGN,
    "worker:host:1": "{}",
    "x": SIGN,
}
GROUPS: dict[str | bytes, str | bytes] = {
    "later": json.dumps({"registered_at": 1, "active_at": 1, "policy": "later_policy", "later": 1}),
    "odd": json.dumps({"registered_at": [], "active_at": "x", "policy": 7}),
}

# Every name of khabar/keys/names.py: what is written into it, and its key.
CASES: dict[str, tuple[str, Write]] = {
    "ledger": (
        NAMES.ledger(Lane.LIVE),
        entries(NAMES.ledger(Lane.LIVE), ARTICLE_FIELD, json.dumps({"later": {"text": 1}})),
    ),
    "queue": (NAMES.queue, lambda client: client.lpush(NAMES.queue, *(value for value in NO_VALUES))),
    "records": (NAMES.records, entries(NAMES.records, EVENT_FIELD, json.dumps(LATER_LETTER))),
    "dead": (NAMES.dead, entries(NAMES.dead, EVENT_FIELD, json.dumps(LATER_LETTER))),
    "retry": (NAMES.retry, lambda client: client.zadd(NAMES.retry, dict.fromkeys(RETRY, 1))),
    "failures": (NAMES.failures, fields(NAMES.failures)),
    "begun": (NAMES.begun("worker:x"), string(NAMES.begun("worker:x"))),
    "suspect": (NAMES.suspect(Lane.LIVE), string(*(NAMES.suspect(lane) for lane in Lane), value="notanid")),
    "done": (NAMES.done(0, 0), fields(NAMES.done(0, 0))),
    "known": (NAMES.known(0), lambda client: client.mset(dict.fromkeys(map(NAMES.known, range(BUCKETS)), NOT_UTF8))),
    "counters": (NAMES.counters, fields(NAMES.counters, {"record": "x", "process_cpu_s": "x", "later": "1.5"})),
    "alive": (NAMES.alive, fields(NAMES.alive, SIGNS)),
    "groups": (NAMES.groups, fields(NAMES.groups, GROUPS)),
    "sent": (NAMES.sent("x"), string(NAMES.sent("x"))),
    "pushed": (NAMES.pushed("x"), fields(NAMES.pushed("x"), {"items": "x", "digest": "y"})),
}
# Without these nothing can pass; while they are of another type, everybody waits.
NEEDED = {"ledger", "queue", "records", "dead"}


# Of a service that is not run here: tests/integration/stories/test_garbage.py.
OF_STORIES = {"stories", "story_articles", "open_stories", "story_state", "story_holder"}


def test_every_key_has_a_case() -> None:
    """A new key is a new place for garbage."""
    assert {name for name in vars(Names) if not name.startswith("_") and name != "prefix"} == set(CASES) | OF_STORIES


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that was started on a broker with garbage in every key."""
    folder = tmp_path_factory.mktemp("garbage")
    broker = Broker(folder / "broker").start()
    with broker.client() as client:
        for _, write in CASES.values():
            write(client)
    settings = {"lease_s": 2, "max_attempts": 10}  # a key that is away must not use up attempts
    with Service(folder / "var", children=1, redis_url=broker.url, up_s=PATIENCE_S, **settings) as running:
        yield running
    broker.kill()


def push(service: Service) -> set[str]:
    first = next(NUMBERS)
    with ArticlePublisher(service.url) as publisher:
        for number in range(first, first + ARTICLES):
            publisher.add(article(number, sentences=1))
    return {f"test-{number}" for number in range(first, first + ARTICLES)}


def published(service: Service) -> set[str]:
    """Return the articles that have a record."""
    found = set()
    for _, stored in service.client.xrange(NAMES.records):
        try:
            found.add(json.loads(stored[EVENT_FIELD.encode()])["subject"])
        except (KeyError, TypeError, ValueError):
            continue
    return found


def pids(service: Service) -> tuple[int, ...]:
    return service.process.pid, service.pid("dispatcher"), service.pid("worker"), service.pid("child")


def run(service: Service, *arguments: str) -> str:
    """Run a command in this process; it may fail with a sentence, as which `khabar` shows these errors, never otherwise."""
    done = CliRunner().invoke(build(COMMANDS), list(arguments), env=service.env)
    assert done.exception is None or isinstance(done.exception, SystemExit | KhabarError | redis.RedisError), (
        done.exception
    )
    return done.output


def case(service: Service, name: str) -> tuple[str, Write]:
    if name != "begun":
        return CASES[name]
    key = NAMES.begun(f"worker:{socket.gethostname()}:{service.pid('worker')}:{service.pid('child')}")
    return key, string(key)


def deliver(service: Service) -> None:
    articles = push(service)
    wait_until(lambda: articles <= published(service), timeout_s=PATIENCE_S, every_s=0.2)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", CASES)
def test_a_service_goes_on_with_garbage_in_a_key(service: Service, name: str) -> None:
    """`khabar up` ended by one sign of an unknown role, all dispatching by one foreign member of a set."""
    before = pids(service)
    _, write = case(service, name)
    write(service.client)
    deliver(service)
    assert pids(service) == before
    for command in (["status"], ["status", "--json"], ["dead", "list"], ["dead", "list", "--json"], ["groups"]):
        run(service, *command)
    assert "1 dispatcher, 1 worker" in run(service, "status")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", CASES)
def test_a_service_goes_on_beside_a_key_of_another_type(service: Service, name: str) -> None:
    """Where nothing can pass everybody waits, and goes on once the key is away."""
    before = pids(service)
    key, _ = case(service, name)
    client, kept = service.client, f"{key}.kept"
    articles = push(service) if name in NEEDED else set()
    had = client.exists(key) and client.rename(key, kept)
    if name in ("begun", "suspect", "sent"):
        client.rpush(key, "x")
    else:
        client.set(key, "x")
    try:
        for command in (["status"], ["dead", "list"], ["groups"]):
            run(service, *command)
        if name not in NEEDED:
            deliver(service)
    finally:
        client.delete(key)
        if had:
            client.rename(kept, key)
    wait_until(lambda: articles <= published(service), timeout_s=PATIENCE_S, every_s=0.2)
    deliver(service)
    assert pids(service) == before
    assert "starting again" not in service.said


@pytest.mark.timeout(400)
def test_values_of_a_later_version_survive_and_its_letters_are_listed_and_requeued(service: Service) -> None:
    """A rolling upgrade, or one that is taken back."""
    client = service.client
    letter = client.xadd(NAMES.dead, {EVENT_FIELD: json.dumps(LATER_LETTER)}).decode()
    letters = [json.loads(line) for line in run(service, "dead", "list", "--json").splitlines() if line.startswith("{")]
    assert [each["code"] for each in letters if each["id"] == letter] == ["later_code"]
    assert "1 requeued" in run(service, "dead", "requeue", letter)
    wait_until(lambda: "test-7777" in published(service), timeout_s=PATIENCE_S)
    later = json.dumps({"registered_at": 1, "active_at": 1, "policy": "later_policy", "later": 1})
    assert json.loads(client.hget(NAMES.groups, "later")).items() >= json.loads(later).items() - {("active_at", 1)}
    assert client.hget(NAMES.alive, "later:host:1") == SIGN.encode()
    assert {b"later 1-1", b"live notanid"} <= set(client.zrange(NAMES.retry, 0, -1))
    foreign = client.xadd(NAMES.dead, {"wrong": "x"}).decode()
    assert foreign in run(service, "dead", "list", "--limit", "100000") or "left as they are" in run(
        service, "dead", "list"
    )
    assert client.xrange(NAMES.dead, foreign, foreign)
    assert "1 dropped" in run(service, "dead", "drop", foreign, "--yes")
    assert not client.xrange(NAMES.dead, foreign, foreign)
