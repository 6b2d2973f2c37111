"""What lives without getting on is noticed, named and restarted; nothing is lost by it."""

import os
import re
import signal
import time
from collections import Counter
from pathlib import Path

import orjson
import psutil
import pytest

from khabar.errors import Exit
from khabar.keys.names import EVENT_FIELD
from khabar.liveness.rules import Health
from tests.acceptance.service import Service
from tests.articles import json_lines
from tests.health import looks
from tests.waiting import wait_until

# The largest article ends within 4 s, so 16 s are a stall, 8 s silence, 5 s muteness: a quarter of what is in force by default.
SHORT = {"stall_s": 16, "article_timeout_s": 1, "max_article_bytes": 100_000, "batch_articles": 16, "lease_s": 2}
ARTICLES = 600


def stop_all(*pids: int) -> None:
    """SIGSTOP: alive to whoever looks for a process id, and never to move again."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def assert_each_has_one_record(service: Service, articles: int = ARTICLES) -> None:
    wait_until(lambda: service.settled() >= articles)
    events = [orjson.loads(fields[EVENT_FIELD.encode()]) for _, fields in service.client.xrange(service.names.records)]
    assert Counter(event["subject"] for event in events) == Counter(f"test-{number}" for number in range(articles))


def health(service: Service, *options: str) -> int:
    return service.run("status", *options).returncode


def wait_for(service: Service, health: Health) -> None:
    stall_s = float(service.env["KHABAR_STALL_S"])
    wait_until(lambda: looks(service.url, stall_s=stall_s) is health, every_s=0.1)


def test_a_stopped_dispatcher_is_noticed_named_and_restarted(tmp_path: Path) -> None:
    """Its process id is there all the time. 12 s of silence are its limit here, so that the health check sees it first."""
    with Service(tmp_path / "var", children=1, **SHORT | {"stall_s": 24}) as service:
        assert health(service) == Exit.OK
        first = service.pid("dispatcher")
        stop_all(first)
        assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == Exit.OK
        wait_for(service, Health.DOWN)
        down = service.run("status", "--role", "dispatcher", "--here")
        assert down.returncode == Exit.UNHEALTHY
        assert "no dispatcher is at work" in down.stderr
        assert health(service, "--role", "worker", "--here") == Exit.OK
        wait_for(service, Health.WELL)
        assert health(service) == Exit.OK
        assert re.search(
            r"dispatcher has shown no life for 1\d s although the broker answers, starting again", service.said
        )
        assert not psutil.pid_exists(first)
        assert_each_has_one_record(service)


def test_a_worker_whose_processes_are_all_stopped_is_restarted(tmp_path: Path) -> None:
    """As a debugger or a frozen container leaves it; its children must not stay behind with memory and ledger entries."""
    with Service(tmp_path / "var", **SHORT) as service:
        parent = psutil.Process(service.pid("worker"))
        before = [parent, *wait_until(parent.children)]
        stop_all(*(process.pid for process in before))
        assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == Exit.OK
        wait_until(lambda: "worker has shown no life for" in service.said)
        assert_each_has_one_record(service)
        wait_until(lambda: not any(process.is_running() for process in before))
        assert health(service) == Exit.OK


def test_a_worker_whose_children_are_stopped_is_restarted(tmp_path: Path) -> None:
    """Its parent shows life and takes batches for children that will never run them."""
    with Service(tmp_path / "var", **SHORT) as service:
        parent = psutil.Process(service.pid("worker"))
        children = wait_until(parent.children)
        stop_all(*(child.pid for child in children))
        assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == Exit.OK
        wait_until(lambda: "worker has finished no batch for" in service.said)
        assert_each_has_one_record(service)
        wait_until(lambda: not any(child.is_running() for child in children))


def test_a_stopped_broker_is_restarted_and_loses_nothing(tmp_path: Path) -> None:
    """It accepts connections and answers nothing, as a broker on a dead disk does."""
    with Service(tmp_path / "var", **SHORT) as service:
        assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == Exit.OK
        stop_all(service.pid("broker"))
        wait_until(lambda: "broker has answered nothing for" in service.said)
        assert_each_has_one_record(service)
        wait_for(service, Health.WELL)
        assert health(service) == Exit.OK
        assert "although the broker answers" not in service.said  # nobody else was blamed for its silence


def test_full_records_are_a_stall_with_its_reason(tmp_path: Path) -> None:
    """Reading has stopped: nothing is broken, and nothing moves until somebody reads the records."""
    with Service(tmp_path / "var", children=1, max_records=100, **SHORT) as service:
        service.run("push", "-", input=json_lines(ARTICLES))
        wait_for(service, Health.STALLED)
        stalled = service.run("status")
        assert stalled.returncode == Exit.STALLED
        assert "reading has stopped: 100 records wait" in stalled.stderr
        assert health(service, "--role", "dispatcher", "--here") == Exit.OK
        state = orjson.loads(service.run("status", "--json").stdout)
        assert (state["healthy"], state["health"]) == (False, "stalled")


@pytest.mark.parametrize("while_restarting", [False, True])
def test_a_stop_is_quick_when_everything_is_stuck(while_restarting: bool, tmp_path: Path) -> None:
    """Soft timeout, 10 s, and what a busy machine adds; also in the middle of a restart."""
    with Service(tmp_path / "var", **SHORT) as service:
        roles = [service.pid(role) for role in ("broker", "dispatcher", "worker")]
        stop_all(*(child.pid for child in psutil.Process(roles[-1]).children()), *roles)
        if while_restarting:
            wait_until(lambda: "starting again" in service.said)
        asked_at = time.monotonic()
        assert service.stop(signal.SIGTERM) == 0
        assert time.monotonic() - asked_at < 30
        wait_until(lambda: not any(psutil.pid_exists(pid) for pid in roles))
