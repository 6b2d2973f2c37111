"""A broker that forgets is named by every role, and refused unless the settings accept it; on both brokers."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from khabar.broker.connection import connect
from khabar.broker.durability import Level, check, refusal
from khabar.keys.access import Role
from khabar.keys.names import Names
from khabar.publishing.publisher import ArticlePublisher
from khabar.status import read_state
from tests.access import GuardedBroker
from tests.broker import DEBIAN, VALKEY, Broker, debian_redis
from tests.waiting import wait_until


@pytest.fixture(params=[VALKEY, DEBIAN])
def make(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Start brokers with options."""
    binary = debian_redis() if request.param == DEBIAN else None
    running: list[Broker] = []

    def start(*options: str) -> Broker:
        running.append(Broker(tmp_path / str(len(running)), None, *options, binary=binary).start())
        return running[-1]

    yield start
    for broker in running:
        broker.kill()


Make = Callable[..., Broker]
FORGETFUL = {
    "allkeys-lru": ("--maxmemory-policy", "allkeys-lru"),
    "volatile-lru": ("--maxmemory-policy", "volatile-lru"),
    "appendonly": ("--appendonly", "no"),
}


def found(broker: Broker) -> list[tuple[Level, str, str]]:
    with connect(broker.url) as client:
        findings = [(finding.level, finding.setting, finding.value) for finding in check(client)]
    return [finding for finding in findings if finding[0] is not Level.ADVICE]


def run(broker: Broker, *arguments: str, **env: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "khabar.host", *arguments],
        env=os.environ | {"KHABAR_REDIS_URL": broker.url, "KHABAR_CHILDREN": "1", "KHABAR_RECOGNIZER": "fast"} | env,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_broker_that_keeps_everything_has_no_findings(make: Make) -> None:
    """That of `khabar up`, compose and the documentation."""
    assert found(make()) == []


def test_each_way_to_forget_is_named(make: Make) -> None:
    """Thirty thousand articles were accepted by a cache, and 21,904 of them were gone without a word."""
    assert found(make(*FORGETFUL["allkeys-lru"])) == [(Level.REFUSED, "maxmemory-policy", "allkeys-lru")]
    assert found(make(*FORGETFUL["appendonly"])) == [(Level.REFUSED, "appendonly", "no")]
    assert found(make("--appendfsync", "everysec")) == [(Level.WARNING, "appendfsync", "everysec")]


def test_a_version_that_loses_what_follows_a_cut_is_named(make: Make) -> None:
    """What it does: test_damaged_files.py. No error of the operator's, so `khabar status` stays well."""
    broker = make()
    with connect(broker.url) as client:
        is_valkey = "valkey_version" in client.info("server")
        advice = [(finding.level, finding.setting, finding.value) for finding in check(client)]
        assert advice == ([] if is_valkey else [(Level.ADVICE, "aof-load-truncated", "yes")])
        client.config_set("aof-load-truncated", "no")
        assert check(client) == []


def test_what_may_not_be_asked_is_unknown_and_no_refusal(tmp_path: Path) -> None:
    """The service's own users may not ask CONFIG, and a managed broker often forbids it to everybody."""
    guarded = GuardedBroker(tmp_path / "broker")
    guarded.broker.start()
    try:
        with connect(guarded.url(Role.WORKER)) as client:
            findings = check(client)
    finally:
        guarded.broker.kill()
    assert [(finding.level, finding.setting) for finding in findings] == [(Level.UNKNOWN, "appendfsync")]
    assert refusal(findings) is None


@pytest.mark.parametrize("kind", FORGETFUL)
def test_no_role_starts_on_a_forgetful_broker(make: Make, kind: str) -> None:
    """One sentence names the setting, the remedy and the way around."""
    broker = make(*FORGETFUL[kind])
    for arguments in ((), ("dispatch",)):
        process = run(broker, *arguments)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 4, said
        assert kind in said
        assert "KHABAR_ACCEPT_FORGETFUL_BROKER" in said.splitlines()[-1]


def test_a_forgetful_broker_can_be_accepted(make: Make) -> None:
    """A demonstration, a test: whoever says so."""
    broker = make(*FORGETFUL["appendonly"])
    process = run(broker, "dispatch", KHABAR_ACCEPT_FORGETFUL_BROKER="1")
    try:
        with connect(broker.url) as client:
            wait_until(lambda: client.exists(Names().alive) or process.poll() is not None)
            assert process.poll() is None
            assert [str(finding) for finding in read_state(client, Names(), group_dead_s=60).broker_findings]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_a_producer_is_warned_once(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """It has been told "accepted", and would never know."""
    broker = make(*FORGETFUL["volatile-lru"])
    with caplog.at_level(logging.WARNING), ArticlePublisher(broker.url) as publisher:
        for number in range(2):
            publisher.publish([{"id": number, "body": "نص"}])
    [warning] = [record.getMessage() for record in caplog.records if "noeviction" in record.getMessage()]
    assert broker.url in warning
