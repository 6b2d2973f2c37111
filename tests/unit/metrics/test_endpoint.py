"""The port of `/metrics` and `/healthz`: answers what is asked, and whatever comes does not end or block it."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from prometheus_client.core import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from khabar.errors import CommandError, InvalidSettings
from khabar.metrics.endpoint import LOCAL, MOST_REQUESTS, Endpoint, read_address
from khabar.metrics.source import Source
from khabar.settings import load_settings
from tests.broker import free_port


@pytest.fixture
def nobody(tmp_path: object) -> Iterator[Endpoint]:
    """An endpoint whose broker is away."""
    settings = load_settings(redis_url=f"redis://{LOCAL}:{free_port()}/0")
    endpoint = Endpoint("0", Source([settings], list))
    yield endpoint
    endpoint.close()


def ask(endpoint: Endpoint, path: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(LOCAL, endpoint.port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, answer.getheader("Content-Type", "")


def test_a_broker_that_is_away_is_a_figure_and_bad_health(nobody: Endpoint) -> None:
    """Prometheus must hear of it from a process that is there; a container's check hears it by the status."""
    status, body, _ = ask(nobody, "/metrics")
    values = {sample.name: sample.value for family in text_string_to_metric_families(body) for sample in family.samples}
    assert (status, values) == (200, {"khabar_broker_up": 0.0})
    status, body, _ = ask(nobody, "/healthz")
    assert status == 503
    assert body.startswith("the broker: ConnectionError")


def test_prometheus_gets_the_form_that_it_asks_for(nobody: Endpoint) -> None:
    """OpenMetrics where it is named, else the plain text form."""
    assert "openmetrics" in ask(nobody, "/metrics", Accept="application/openmetrics-text; version=1.0.0")[2]
    assert ask(nobody, "/metrics")[2].startswith("text/plain")


@pytest.mark.parametrize(
    ("path", "method"), [("/", "GET"), ("/metrics/../x", "GET"), ("/metrics", "POST"), ("*", "PUT")]
)
def test_there_is_nothing_else(nobody: Endpoint, path: str, method: str) -> None:
    """It reads and writes nothing for whoever reaches the port."""
    assert ask(nobody, path, method)[0] in (404, 501)
    assert ask(nobody, "/metrics", "HEAD")[:2] == (200, "")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00" * 4_000,
        b"GET /" + b"a" * 100_000,
        b"GET /metrics HTTP/1.1\r\nX: " + b"a" * 100_000,
        b"\x16\x03\x01\x02",
    ],
)
def test_nonsense_ends_its_own_connection_alone(nobody: Endpoint, sent: bytes) -> None:
    """Port scans and TLS are tried on every port."""
    with socket.create_connection((LOCAL, nobody.port), timeout=20) as caller, suppress(OSError):
        caller.sendall(sent)
        caller.shutdown(socket.SHUT_WR)
        while caller.recv(4_096):
            pass
    assert ask(nobody, "/metrics")[0] == 200


def test_more_than_it_has_room_for_are_turned_away(nobody: Endpoint) -> None:
    """Callers that say nothing must not take a thread each without end."""
    silent = [socket.create_connection((LOCAL, nobody.port), timeout=20) for _ in range(MOST_REQUESTS + 4)]
    try:
        turned_away = silent[-1]
        assert turned_away.recv(10) == b""
    finally:
        for caller in silent:
            caller.close()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("9464", (LOCAL, 9464)),
        (":9464", (LOCAL, 9464)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("[::]:9464", ("::", 9464)),
        ("Host-1.example:1", ("host-1.example", 1)),
    ],
)
def test_an_address_may_be_a_port_alone(address: str, place: tuple[str, int]) -> None:
    """Without a host it is the loopback: whoever reaches the port reads it."""
    assert load_settings(metrics=address).metrics == address
    assert read_address(address) == place


@pytest.mark.parametrize("address", ["", "x", "host", "a:b", "http://h:1", "h:1/x", "u@h:1", "h:99999", "1:2:3"])
def test_what_is_no_address_is_refused_before_anything_starts(address: str) -> None:
    """A setting that cannot be used is named at the start, as all are."""
    with pytest.raises((InvalidSettings, ValueError)):
        load_settings(metrics=address)
        read_address(address)


def test_a_taken_port_is_one_sentence() -> None:
    """Two `khabar up` with one KHABAR_METRICS."""
    settings = load_settings(redis_url=f"redis://{LOCAL}:{free_port()}/0")
    with socket.create_server((LOCAL, 0)) as taken, pytest.raises(CommandError, match="cannot be listened on"):
        Endpoint(str(taken.getsockname()[1]), Source([settings], list))


def test_the_source_gives_what_encoders_take() -> None:
    """prometheus-client's encoders ask for a registry."""
    source = Source([load_settings(redis_url=f"redis://{LOCAL}:{free_port()}/0")], list)
    assert isinstance(source.metrics(), CollectorRegistry)
    source.close()
