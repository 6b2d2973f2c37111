"""What the broker refuses is no article's fault: all wait, none is given up, and the log says what the broker said."""

from pathlib import Path

import orjson
import pytest
import redis

from khabar.errors import Exit
from khabar.keys.access import Grant, Role, grants, user_name
from khabar.keys.names import EVENT_FIELD, GROUP, Lane, Names
from tests.acceptance.service import Service, khabar
from tests.access import GuardedBroker
from tests.articles import json_lines
from tests.broker import Broker
from tests.waiting import wait_until

ARTICLES = 50
NAMES = Names()
# Two attempts, soon one after the other: whoever counts a refusal has dead letters after a second.
QUICK = {"max_attempts": 2, "retry_base_s": 0.05, "lease_s": 5}


def rules(prefix: str, *, may_publish: bool) -> list[str]:
    """Return the worker's selectors, with or without the right to publish records."""
    given = [
        Grant(grant.commands, (NAMES.dead,), grant.access) if "xadd" in grant.commands and not may_publish else grant
        for grant in grants(Role.WORKER, prefix)
        if grant.keys
    ]
    return [f"({' '.join(grant.rules())})" for grant in given]


def worker_log(service: Service) -> str:
    return (service.var / "log" / "worker.log").read_text(errors="replace")


def wait_for_refusals(service: Service, words: str) -> None:
    """Until twice as many attempts have been refused as an article has."""
    wait_until(
        lambda: worker_log(service).count('"action": "outcome_refused"') >= 4 * int(QUICK["max_attempts"]),
        timeout_s=120,
    )
    assert words in worker_log(service)


def assert_each_has_one_record(admin: redis.Redis) -> None:
    wait_until(lambda: admin.xlen(NAMES.ledger(Lane.LIVE)) == 0, timeout_s=120)
    subjects = [orjson.loads(fields[EVENT_FIELD])["subject"] for _, fields in admin.xrange(NAMES.records)]
    assert sorted(subjects) == sorted(f"test-{number}" for number in range(ARTICLES))
    assert admin.xlen(NAMES.dead) == 0
    assert admin.xpending(NAMES.ledger(Lane.LIVE), GROUP)["pending"] == 0


@pytest.mark.timeout(400)
def test_a_missing_right_costs_no_article_an_attempt(tmp_path: Path) -> None:
    """322 of 500 good articles were dead letters within 24 s, after an upgrade that asked for one right more."""
    guarded = GuardedBroker(tmp_path / "broker")
    guarded.broker.start()
    user = user_name(Role.WORKER, guarded.prefix)
    try:
        with guarded.client() as admin:

            def allow(*, may_publish: bool) -> None:
                given = rules(guarded.prefix, may_publish=may_publish)
                admin.execute_command("ACL", "SETUSER", user, "clearselectors", *given)

            allow(may_publish=False)
            with Service(
                tmp_path / "var", children=1, redis_url=guarded.url(Role.WORKER), up_s=120, **QUICK
            ) as service:
                producer = {"KHABAR_REDIS_URL": guarded.url(Role.PRODUCER)}
                assert khabar("push", "-", input=json_lines(ARTICLES), env=producer).returncode == Exit.OK
                wait_for_refusals(service, "No permissions to access a key")
                allow(may_publish=True)
                assert_each_has_one_record(admin)
    finally:
        guarded.broker.kill()


@pytest.mark.timeout(400)
def test_a_key_of_another_type_costs_no_article_an_attempt(tmp_path: Path) -> None:
    """60 of 60 good articles were dead letters where somebody had put something else in the place of the records."""
    broker = Broker(tmp_path / "broker").start()
    try:
        with (
            broker.client() as admin,
            Service(tmp_path / "var", children=1, redis_url=broker.url, up_s=120, **QUICK) as service,
        ):
            admin.set(NAMES.records, "something else")
            assert service.run("push", "-", input=json_lines(ARTICLES)).returncode == Exit.OK
            wait_for_refusals(service, "WRONGTYPE")
            admin.delete(NAMES.records)
            assert_each_has_one_record(admin)
    finally:
        broker.kill()
