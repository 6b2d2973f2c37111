"""Sinks over HTTP against a server that answers as told: signatures, retries, refused records, wrong targets."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.errors import SinkError
from khabar.sinks.registry import open_sink
from khabar.sinks.webhook import SECRET, sign
from tests.broker import free_port
from tests.receiver import Receiver, receiving
from tests.unit.sinks.made import EMOJI, TIME, delivery


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that notes what it is sent."""
    with receiving() as found:
        yield found


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Of the webhook, as Standard Webhooks writes it."""
    monkeypatch.setenv(SECRET, "whsec_" + base64.b64encode(b"shared").decode())
    return b"shared"


def send(name: str, target: str, *ids: str, **options: str) -> None:
    """Open, write, flush, close."""
    sink = open_sink(name, target, options)
    try:
        sink.write([delivery(each) for each in ids])
        sink.flush()
    finally:
        sink.close()


def test_a_signature_is_that_of_the_standard() -> None:
    """The example of the specification of Standard Webhooks."""
    body = b'{"test": 2432232314}'
    headers = sign(
        base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_event_is_posted_signed(receiver: Receiver, secret: bytes) -> None:
    """Structured mode: the body is the whole event, with its time."""
    send("webhook", f"{receiver.url}/hook", "a", "b")
    assert [headers["webhook-id"] for headers, _ in receiver.posts] == ["a", "b"]
    for headers, body in receiver.posts:
        assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
        event = json.loads(body)
        assert (event["id"], event["time"], event["data"]["text"]) == (
            headers["webhook-id"],
            TIME,
            EMOJI["data"]["text"],
        )


def test_binary_mode_has_the_attributes_in_headers(receiver: Receiver) -> None:
    """The body is the record."""
    send("webhook", f"{receiver.url}/hook", "a", mode="binary")
    ((headers, body),) = receiver.posts
    assert headers["content-type"] == "application/json"
    assert (headers["ce-id"], headers["ce-time"], headers["ce-type"]) == ("a", TIME, "khabar.record.v1")
    assert json.loads(body)["text"] == EMOJI["data"]["text"]


@pytest.mark.parametrize("name", ["webhook", "opensearch"])
def test_a_server_that_is_busy_is_tried_again(receiver: Receiver, name: str) -> None:
    """503 and 429 pass; no record is lost or stops the command."""
    receiver.mapping = {}
    sink = open_sink(name, f"{receiver.url}/news")
    receiver.failing = [503, 429]
    sink.write([delivery("a")])
    sink.flush()
    sink.close()
    assert receiver.seen == {"a": 1}


@pytest.mark.parametrize("name", ["webhook", "opensearch"])
def test_a_server_that_is_away_ends_it_with_its_address(name: str) -> None:
    """Nothing was acknowledged, so all of it comes again; the password is not told."""
    port = free_port()
    with pytest.raises(SinkError) as caught:
        send(name, f"http://user:word@127.0.0.1:{port}/news", "a", patience_s="0.05")
    assert str(caught.value) == (
        f"http://127.0.0.1:{port}: does not answer (Connection refused), for 0.05 s; start it or correct the target. "
        "With --group, records that were not acknowledged are delivered again"
    )


@pytest.mark.parametrize(("name", "status"), [("webhook", 422), ("opensearch", 400)])
def test_a_refused_record_is_put_aside_and_the_others_go_on(
    receiver: Receiver, tmp_path: Path, name: str, status: int
) -> None:
    """One record that the target cannot hold must not stop all others; without a file for it, nothing is lost in silence."""
    receiver.refusing = {"b": status}
    dead = tmp_path / "dead.jsonl"
    for _ in range(2):  # they come again
        send(name, f"{receiver.url}/news", "a", "b", "c", dead=str(dead))
    (refused,) = [json.loads(line) for line in dead.read_text(encoding="utf-8").splitlines()]
    assert (refused["id"], refused["data"]["text"]) == ("b", EMOJI["data"]["text"])
    assert str(status) in refused["reason"]
    assert receiver.seen == {"a": 2, "b": 2, "c": 2}
    with pytest.raises(SinkError, match=f"refuses record b of article .*{status}.*give --set dead=FILE"):
        send(name, f"{receiver.url}/news", "b")


def test_a_record_that_breaks_the_receiver_is_put_aside(receiver: Receiver, tmp_path: Path) -> None:
    """500 again and again: after the retries it is taken for the record's fault."""
    receiver.refusing = {"b": 500}
    dead = tmp_path / "dead.jsonl"
    send("webhook", f"{receiver.url}/hook", "b", "c", dead=str(dead), patience_s="0.2")
    assert [json.loads(line)["id"] for line in dead.read_text(encoding="utf-8").splitlines()] == ["b"]
    assert receiver.seen["c"] == 1


@pytest.mark.parametrize("status", [302, 401, 404])
def test_a_wrong_address_puts_nothing_aside(receiver: Receiver, tmp_path: Path, status: int) -> None:
    """All records would go into the file, acknowledged, while somebody corrects the address."""
    receiver.failing = [status]
    dead = tmp_path / "dead.jsonl"
    with pytest.raises(SinkError, match=rf"answers {status}: correct the address or its access"):
        send("webhook", f"{receiver.url}/hook", "a", dead=str(dead))
    assert dead.read_bytes() == b""


def test_an_index_is_made_with_a_mapping_once(receiver: Receiver) -> None:
    """A field of `extra` that is a number here and a word there must not make the server refuse records."""
    send("opensearch", f"opensearch+{receiver.url}/news", "a")
    made = receiver.mapping
    assert made["mappings"]["properties"]["article"]["properties"]["extra"] == {"type": "object", "enabled": False}
    send("opensearch", f"elasticsearch+{receiver.url}/news", "a")
    assert receiver.mapping is made
    (document,) = receiver.documents.values()
    assert (document["outcome_id"], document["published_at_utc"]) == ("a", "2026-08-14T07:30:00+00:00")


@pytest.mark.parametrize(
    ("name", "target", "options", "reason"),
    [
        ("webhook", "example.org/hook", {}, "the target is not a URL of the form http"),
        ("webhook", "http://example.org:port/", {}, "the target is not a URL: Port could not be cast"),
        ("webhook", "http://example.org/", {"mode": "both"}, "there is no mode 'both'; there are structured, binary"),
        ("opensearch", "http://example.org:9200", {}, "the target names no index; give http://HOST:9200/INDEX"),
    ],
)
def test_a_wrong_target_is_one_sentence(name: str, target: str, options: dict[str, str], reason: str) -> None:
    """Said before the first record is read."""
    with pytest.raises(SinkError, match=reason):
        open_sink(name, target, options)


def test_a_webhook_without_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver could not tell its records from anybody's."""
    monkeypatch.delenv(SECRET)
    with pytest.raises(SinkError, match=f"needs a secret to sign with: set {SECRET}"):
        open_sink("webhook", "http://example.org/")
