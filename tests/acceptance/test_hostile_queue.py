"""What does not belong on the queue: it does no harm, it stops nobody, and nothing of it stands in a log."""

import base64
import gzip
import json
import pickle
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from khabar.keys.names import ARTICLE_FIELD, TASK, Lane
from khabar.results.dead_letters import DeadLetters
from tests.acceptance.service import Service
from tests.articles import article, json_lines
from tests.waiting import wait_until

CANARY = "canaryqamar"
CANARY_AR = "كناريةقمرية"


class Bomb:
    """Creates a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return subprocess.check_call, (["touch", str(self.path)],)


def message(body: object, **changes: Any) -> bytes:
    """Write a message as Celery would; `changes` replace its parts."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    whole = {
        "body": base64.b64encode(data).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": TASK, "id": "1", "root_id": "1", "argsrepr": CANARY, "retries": 0},
        "properties": {
            "correlation_id": "1",
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": "batches"},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": "1",
        },
    }
    return json.dumps(whole | changes).encode()


def batch(*args: object, **kwargs: object) -> list[object]:
    return [list(args), kwargs, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]


def unknown_task() -> dict[str, Any]:
    return {"headers": {"lang": "py", "task": CANARY, "id": "1"}}


HOSTILE: dict[str, bytes] = {
    "no JSON": CANARY.encode(),
    "no UTF-8": b"\xff\xfe" + CANARY.encode(),
    "half of JSON": b'{"body": "' + CANARY.encode(),
    "an article": json.dumps({"title": CANARY, "text": CANARY_AR}).encode(),
    "a list": json.dumps([CANARY]).encode(),
    "a string": json.dumps(CANARY).encode(),
    "null": b"null",
    "deeply nested": b"[" * 100_000,
    "no base64": message({}).replace(b'"body": "', b'"body": "!' + CANARY.encode()),
    "a body that is no JSON": message(CANARY.encode()),
    "a body without arguments": message({"text": CANARY}),
    "no properties": message(batch("live", ["1-1"]), properties=None),
    "no delivery information": message(batch("live", ["1-1"]), properties={"delivery_tag": "1"}),
    "headers that are none": message(batch("live", ["1-1"]), headers=[CANARY]),
    "an unknown task": message(batch(CANARY), **unknown_task()),
    "an unknown lane": message(batch(CANARY, ["1-1"])),
    "too many arguments": message(batch("live", ["1-1"], CANARY)),
    "no arguments": message(batch()),
    "arguments by name": message(batch("live", ["1-1"], text=CANARY)),
    "ids that are none": message(batch("live", [CANARY])),
    "ids of another type": message(batch("live", [{"text": CANARY}, 7, None])),
    "one id instead of many": message(batch("live", CANARY)),
    "a chain": message([["live", ["1-1"]], {}, {"chain": [{"task": CANARY}]}]),
    "huge": message(batch("live", [CANARY * 2_000_000])),
    "compressed": message(
        gzip.compress(json.dumps(batch("live", ["1-1"])).encode()),
        headers={"lang": "py", "task": TASK, "id": "1", "compression": "application/x-gzip"},
    ),
    "yaml": message(b"!!python/object/apply:os.system ['true']", **{"content-type": "application/x-yaml"}),
    "a decimal that is none": b'{"__type__": "decimal", "__value__": "' + CANARY.encode() + b'"}',
    "a type that is none": b'{"__type__": ["' + CANARY.encode() + b'"], "__value__": 1}',
    "an id beyond 64 bits": message(batch("live", ["99999999999999999999-1"])),
    **{
        f"{header} {value}": message(batch("live", ["1-1"]), headers={"task": TASK, "id": CANARY, header: value})
        for header, value in (
            ("eta", {}),
            ("eta", CANARY),
            ("eta", "2999-01-01T00:00:00"),
            ("expires", []),
            ("expires", CANARY),
            ("timelimit", [0.001, 0.001]),
            ("timelimit", CANARY),
            ("stamps", [CANARY]),
            ("stamped_headers", {"x": CANARY}),
            ("shadow", [CANARY]),
            ("group", [CANARY]),
            ("retries", [CANARY]),
        )
    },
}
# Read as a batch of what is not there; all else that they say is left behind.
LEFT_BEHIND: tuple[bytes, ...] = (
    message(batch("live", ["1-1"])),
    *(
        message(batch("live", ["1-1"]), headers={"task": TASK, "id": CANARY, header: {"x": [CANARY]}})
        for header in ("root_id", "parent_id", "group_index", "lang", "origin", "argsrepr", "ignore_result", "later")
    ),
    *(
        message(
            batch("live", ["1-1"]),
            properties={
                "delivery_info": {CANARY: []},
                "delivery_tag": CANARY,
                "body_encoding": "base64",
                name: {CANARY: 1},
            },
        )
        for name in ("correlation_id", "reply_to", "priority", "delivery_mode", "expiration")
    ),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all of them, logging all that it can."""
    folder = tmp_path_factory.mktemp("service")
    with Service(folder / "var", children=1, retry_base_s=0.05, log_level="DEBUG") as running:
        yield running


def logs(service: Service) -> str:
    """Return what the dispatcher, the worker and `khabar up` have written."""
    names = ("dispatcher.log", "worker.log", "broker.log")
    return service.said + "".join((service.var / "log" / name).read_text(errors="replace") for name in names)


def does_its_work(service: Service, number: int) -> None:
    before = service.settled()
    assert service.run("push", "-", input=json_lines(1, first=number)).returncode == 0
    wait_until(lambda: service.settled() == before + 1)


def test_a_pickled_message_is_not_unpickled(service: Service, tmp_path: Path) -> None:
    """Whoever can write to the queue of a worker that unpickles owns its machine."""
    made, pid = tmp_path / "made-by-pickle", service.pid("worker")
    pickled = pickle.dumps([[Bomb(made), CANARY], {}, {}])
    kind = {"content-type": "application/x-python-serialize", "content-encoding": "binary"}
    service.client.lpush(service.names.queue, message(pickled, **kind), pickled)
    does_its_work(service, 1)
    assert not made.exists()
    assert service.pid("worker") == pid
    assert "has a body that is pickle; it is not unpacked" in logs(service)
    assert CANARY not in logs(service)
    assert base64.b64encode(pickled).decode()[:40] not in logs(service)


def test_no_message_stops_the_worker_or_shows_up_in_its_log(service: Service) -> None:
    """A scraper with the wrong list, an old version, an attacker: after all of them an article comes out as before."""
    pid, child = service.pid("worker"), service.pid("child")
    for item in (*HOSTILE.values(), *LEFT_BEHIND):
        service.client.lpush(service.names.queue, item)
    does_its_work(service, 2)
    assert (service.pid("worker"), service.pid("child")) == (pid, child)
    refused = logs(service).count('"action": "message_refused"')
    assert refused >= len(HOSTILE)
    assert CANARY not in logs(service)
    assert CANARY_AR not in logs(service)


def test_no_word_of_an_article_is_in_a_log_or_an_error(service: Service, tmp_path: Path) -> None:
    """Logs go to other people than articles do; the dead letter has the original."""
    words = f"{CANARY} {CANARY_AR}"
    good = article(3) | {"title": words, "body": f"{article(3)['body']} {words}", "url": f"https://x.example/{CANARY}"}
    lines = [
        good,
        {"title": words, "body": "The council met on Tuesday and agreed on a budget for the coming year. " + CANARY},
        {"title": words, "text": {"sections": words}},
        {"text": 7, "author": words, "title": words},
        {"title": [words, words + "."]},
        {"text": "", "note": words},
        {"text": article(4)["body"], "published_at": words, "tags": [[words, "x"]]},
    ]
    raw = [json.dumps(line, ensure_ascii=False).encode() for line in lines]
    raw += [f'{{"text": "{words}'.encode(), b'{"text": "\xff' + words.encode() + b'"}', f'["{words}"]'.encode()]
    raw += [json.dumps({"text": words * 50_000}).encode()]
    path = tmp_path / "articles.jsonl"
    path.write_bytes(b"\n".join(raw) + b"\n")
    pushed = service.run("push", str(path))
    assert pushed.returncode == 0, pushed.stderr
    # Past our producers: the same, straight into the ledger, and fields that are none of ours.
    for item in raw:
        service.client.xadd(service.names.ledger(Lane.LIVE), {ARTICLE_FIELD: item})
    service.client.xadd(service.names.ledger(Lane.LIVE), {f"{words} {words}": words})
    extracted = service.run("extract", str(path))
    wait_until(lambda: service.client.xlen(service.names.ledger(Lane.LIVE)) == 0)
    said = [pushed.stdout, pushed.stderr, extracted.stderr]
    said += [service.run("status").stdout, service.run("dead", "list").stdout]
    for output in (logs(service), *said):
        assert CANARY not in output
        assert CANARY_AR not in output
    letters = [json.loads(line)["id"] for line in service.run("dead", "list", "--json").stdout.splitlines()]
    stored = DeadLetters(service.client, service.names, done_generation_s=86_400)
    kept = [letter for letter in stored if CANARY in (letter.rejection.original or "")]
    assert len(kept) >= 8
    assert {letter.id for letter in kept} <= set(letters)
    assert CANARY in json.loads(service.run("dead", "show", kept[-1].id).stdout)["original"]
