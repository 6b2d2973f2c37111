"""Each role does its whole work with nothing but its own user, on both servers."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.errors import Exit
from khabar.keys.access import Role
from khabar.keys.names import Lane, Names
from tests.acceptance.service import Service, khabar
from tests.access import GuardedBroker
from tests.articles import article, json_lines
from tests.broker import DEBIAN, VALKEY, debian_redis
from tests.waiting import wait_until

ARTICLES = 150
BAD_LINES = '{"id": "broken", "text": "\n{"id": "number", "text": 7}\n'
FRENCH = json.dumps({"id": "fr", "text": "Le conseil des ministres se réunit mardi à Paris."}) + "\n"
# Half a megabyte of hashtags takes seconds, and has one: it fails, waits in the retry set, and is given up.
# Numbers cost most: seconds on a quick machine too, many times its limit.
SLOW = json.dumps({"id": "slow", "text": article(0)["body"] + " 7" * 190_000}, ensure_ascii=False) + "\n"

# Trimming begins at half of max_records. Leases and pauses are short so that the test is.
SETTINGS = {
    "KHABAR_MAX_RECORDS": "200",
    "KHABAR_RECOGNIZER": "fast",
    "KHABAR_ARTICLE_TIMEOUT_S": "0.1",  # processor time; about eight times as much for the slow one
    "KHABAR_MAX_ATTEMPTS": "3",
    "KHABAR_RETRY_BASE_S": "0.5",
    "KHABAR_LEASE_S": "2",
}


@pytest.fixture(params=[VALKEY, DEBIAN])
def guarded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GuardedBroker]:
    """Each of the two servers, with users."""
    running = GuardedBroker(tmp_path / "broker", binary=debian_redis() if request.param == DEBIAN else None)
    running.broker.start()
    yield running
    running.broker.kill()


@pytest.mark.timeout(400)
def test_each_role_does_its_whole_work_with_its_own_user(guarded: GuardedBroker, tmp_path: Path) -> None:
    """Good articles, refused ones, one that fails every time, a killed worker, trimming; and the broker refused nothing."""
    names = Names()

    def run(role: Role, *arguments: str, code: Exit = Exit.OK, **options: str) -> str:
        done = khabar(*arguments, env={"KHABAR_REDIS_URL": guarded.url(role), **SETTINGS}, **options)
        assert done.returncode == code, done.stderr
        return done.stdout + (done.stderr if code is Exit.OK else "")

    admin = guarded.client()
    path = tmp_path / "articles.jsonl"
    path.write_text(json_lines(ARTICLES) + BAD_LINES + FRENCH + SLOW, encoding="utf-8")
    with Service(
        tmp_path / "var",
        children=1,
        layers=None,
        redis_url=guarded.url(Role.WORKER),
        **{name.removeprefix("KHABAR_").lower(): value for name, value in SETTINGS.items()},
    ) as service:
        assert f"{ARTICLES + 2} accepted, 2 rejected" in run(Role.PRODUCER, "push", str(path))
        assert "0 accepted" in run(Role.PRODUCER, "push", str(path))  # the progress is remembered
        wait_until(lambda: admin.xlen(names.records) > 0)
        service.kill("worker")
        wait_until(lambda: admin.zcard(names.retry) > 0, timeout_s=120)
        wait_until(lambda: admin.xlen(names.dead) == 4 and admin.xlen(names.ledger(Lane.LIVE)) == 0, timeout_s=180)

        state = json.loads(run(Role.OPERATOR, "status", "--json", code=Exit.AILING))
        assert state["dead"] == 4
        assert len(state["findings"]) == 1  # of the one that timed out
        letters = [json.loads(line) for line in run(Role.OPERATOR, "dead", "list", "--json").splitlines()]
        assert Counter(letter["code"] for letter in letters) == {
            "invalid_json": 1,
            "wrong_type": 1,
            "not_arabic": 1,
            "timed_out": 1,
        }
        assert "1 requeued" in run(Role.OPERATOR, "dead", "requeue", "--all", "--code", "not_arabic")
        assert "1 dropped" in run(Role.OPERATOR, "dead", "drop", "--all", "--code", "wrong_type", "-y")

        assert len(run(Role.CONSUMER, "records").splitlines()) == ARTICLES
        subjects = [
            json.loads(line)["article"]["id"]
            for line in run(Role.CONSUMER, "records", "--group", "archive").splitlines()
            if line.startswith("{")  # and not the announcement of the group
        ]
        assert Counter(subjects) == Counter(f"test-{number}" for number in range(ARTICLES))
        wait_until(lambda: admin.xlen(names.records) < ARTICLES)  # trimmed behind the one group
        assert service.stop() == 0
    assert guarded.refusals() == []
    admin.close()
