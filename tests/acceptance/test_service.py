"""The service as its user meets it: one command up, articles in, records out, Ctrl-C."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.errors import Exit
from khabar.results.dead_letters import DeadLetters
from tests.acceptance.service import Service, khabar
from tests.articles import article, json_lines
from tests.broker import Broker, debian_redis
from tests.waiting import wait_until

STOPPED = 200  # articles of a service that is stopped in mid-work


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for the tests that do it no harm."""
    with Service(
        tmp_path_factory.mktemp("service") / "var", children=1, layers=None, retry_base_s=0.05, fresh=True
    ) as running:
        yield running


def test_a_plain_text_file_comes_back_as_a_record(service: Service, tmp_path: Path) -> None:
    """The main job: what goes in comes out, with its text unchanged."""
    text = "عنوان الخبر\n\nقال المتحدث إن الفرق وصلت إلى المدينة صباح اليوم، وفق ما أفاد #مكتب_الإغاثة.\n"
    path = tmp_path / "خبر.txt"
    path.write_text(text, encoding="utf-8")
    assert service.run("push", str(path)).returncode == Exit.OK

    def record() -> dict[str, object] | None:
        lines = service.run("records").stdout.splitlines()
        return next((found for found in map(json.loads, lines) if found["text"] == text), None)

    found = wait_until(record) or {}
    assert found["schema_version"] == "1.1"
    start = text.index("#")
    tag = "#مكتب_الإغاثة"
    assert found["hashtags"] == [{"start": start, "end": start + len(tag), "text": tag, "words": ["مكتب", "الإغاثة"]}]


def test_what_is_no_article_becomes_a_dead_letter_with_field_and_reason(service: Service) -> None:
    """Nothing is dropped silently: English, an empty one, a number for a text, broken JSON, broken UTF-8."""
    lines = [
        json.dumps(
            {"id": "en", "text": "The council met on Tuesday and agreed on a new budget for the coming year."}
        ).encode(),
        json.dumps({"id": "empty", "title": "", "text": " "}).encode(),
        json.dumps({"id": "number", "text": 7}).encode(),
        b'{"id": "broken", "text": "',
        b'{"id": "bytes", "text": "\xd8\xff"}',
    ]
    before = service.client.xlen(service.names.dead)
    done = service.run("push", "-", input=b"\n".join(lines) + b"\n")
    assert done.returncode == Exit.OK, done.stderr
    assert "1 accepted, 4 rejected" in done.stderr
    wait_until(lambda: service.client.xlen(service.names.dead) == before + 5)
    letters = [json.loads(line) for line in service.run("dead", "list", "--json").stdout.splitlines()]
    assert {(letter["code"], letter["field"]) for letter in letters} >= {
        ("not_arabic", "text"),
        ("no_text", "text"),
        ("wrong_type", "text"),
        ("invalid_json", None),
        ("undecodable", None),
    }
    shown = json.loads(service.run("dead", "show", letters[0]["id"]).stdout)
    assert shown["original"] or shown["original_base64"]


def test_a_dead_letter_is_requeued_once_and_dropped_for_good(service: Service) -> None:
    """Requeued twice by two operators, it must not come back twice."""
    service.run(
        "push", "-", input=json.dumps({"id": "fr", "text": "Le conseil des ministres se réunit mardi à Paris."})
    )

    def letter() -> str | None:
        lines = service.run("dead", "list", "--code", "not_arabic", "--json").stdout.splitlines()
        return next((found["id"] for found in map(json.loads, lines) if found["article_id"] == "fr"), None)

    first = wait_until(letter)
    assert service.run("dead", "requeue", first).stdout == "1 requeued\n"
    assert service.run("dead", "requeue", first).returncode == Exit.USAGE
    second = wait_until(letter)  # rejected again, a new letter
    assert second != first
    assert service.run("dead", "drop", second, "--yes").stdout == "1 dropped\n"
    assert letter() is None


def test_the_same_article_pushed_twice_is_one_record(service: Service) -> None:
    """A scraper that runs every hour sends most articles again."""
    line = json.dumps(article(9_001), ensure_ascii=False)
    for _ in range(2):
        service.run("push", "-", input=line)

    def outcomes() -> bool:
        counters = json.loads(service.run("status", "--json").stdout)["counters"]
        return counters.get("duplicate", 0) >= 1

    wait_until(outcomes)
    subjects = [json.loads(line)["article"]["id"] for line in service.run("records").stdout.splitlines()]
    assert subjects.count("test-9001") == 1


def test_news_is_read_accurately_and_what_is_out_is_not_sent_again_from_the_archive(tmp_path: Path) -> None:
    """As the service comes, with onnxruntime beside it: one recognizer a lane, and an overlap is no second record."""
    with Service(tmp_path / "var", layers=None, recognizer="auto") as service:
        for first, lane in ((9_300, "live"), (9_302, "backfill")):  # two of each, one in both
            service.run("push", "--lane", lane, "-", input=json_lines(3, first=first))
            wait_until(lambda first=first: service.settled() >= first - 9_300 + 3)
        wait_until(lambda: json.loads(service.run("status", "--json").stdout)["counters"].get("duplicate") == 1)
        made_by = {
            record["article"]["id"]: record["provenance"]["models"]["entities"].partition(" ")[0]
            for record in map(json.loads, service.run("records").stdout.splitlines())
        }
    assert made_by == {f"test-{9_300 + n}": "accurate" if n < 3 else "fast" for n in range(5)}


def test_a_group_reads_each_record_once(service: Service) -> None:
    """A consumer that is started again goes on; it does not begin anew."""
    service.run("push", "-", input=json_lines(5, first=9_100))
    want = {f"test-{number}" for number in range(9_100, 9_105)}
    got: list[str] = []

    def all_read() -> bool:
        lines = service.run("records", "--group", "archive").stdout.splitlines()
        got.extend(json.loads(line)["article"]["id"] for line in lines)
        return want <= set(got)

    wait_until(all_read)
    assert len(got) == len(set(got))


def test_a_push_goes_on_where_it_stopped(service: Service, tmp_path: Path) -> None:
    """A file that has grown is read from its end on."""
    path = tmp_path / "articles.jsonl"
    padding = (
        json.dumps({"id": "long", "text": "خبر طويل " * 8_000}, ensure_ascii=False) + "\n"
    )  # a head that stays the same
    path.write_text(padding + json_lines(10, first=9_200), encoding="utf-8")
    assert "11 accepted" in service.run("push", str(path)).stderr
    assert "0 accepted" in service.run("push", str(path)).stderr
    with path.open("a", encoding="utf-8") as file:
        file.write(json_lines(3, first=9_300))
    assert "3 accepted" in service.run("push", str(path)).stderr
    assert "14 accepted" in service.run("push", "--again", str(path)).stderr


def test_status_says_that_it_is_well(service: Service) -> None:
    """Exit code 0 is what a health check reads."""
    done = service.run("status", "--json")
    assert done.returncode == Exit.OK
    state = json.loads(done.stdout)
    assert state["healthy"] is True
    assert state["settings"]["redis_url"] == service.url


def test_a_second_up_on_the_same_port_says_what_to_do(service: Service, tmp_path: Path) -> None:
    """Two services on one port would fight for it."""
    done = khabar("up", "--var", str(tmp_path / "other"), "--port", str(service.port))
    assert done.returncode == Exit.USAGE
    assert "--port" in done.stderr


def test_a_redis_given_by_its_url_serves_as_well(tmp_path: Path) -> None:
    """Debian's Redis 7, with a password and in database 3, as operators have it; the password is never printed."""
    broker = Broker(tmp_path / "redis", binary=debian_redis()).start()
    try:
        broker.client().config_set("requirepass", "geheim")
        url = f"redis://:geheim@127.0.0.1:{broker.port}/3"
        with Service(tmp_path / "var", redis_url=url) as service:
            assert service.run("push", "-", input=json_lines(200)).returncode == Exit.OK
            wait_until(lambda: service.settled() == 200)
            assert service.client.xlen(service.names.records) == 200
            status = service.run("status")
            assert status.returncode == Exit.OK
            assert service.stop() == 0
        logs = "".join(path.read_text() for path in (tmp_path / "var" / "log").iterdir())
        assert "geheim" not in service.said + status.stdout + status.stderr + logs
    finally:
        broker.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_keeps_what_was_accepted_for_the_next_start(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C in mid-work: exit code 0, and at the next start the rest goes on."""
    with Service(tmp_path / "var", children=1, layers=None, lease_s=10) as service:
        assert service.run("push", "-", input=json_lines(STOPPED)).returncode == Exit.OK
        wait_until(lambda: service.settled() > 0)
        assert service.stop(number) == 0
    with Service(tmp_path / "var", children=2, lease_s=10, port=service.port) as service:
        wait_until(lambda: service.settled() >= STOPPED)
        assert service.client.xlen(service.names.records) == STOPPED


def test_a_refused_password_and_a_full_disk_are_told_apart(tmp_path: Path) -> None:
    """Each has another remedy; and what can still be read is read."""
    (tmp_path / "valkey" / "no.rdb").mkdir(parents=True)  # a snapshot that cannot be written, as on a full disk
    broker = Broker(tmp_path / "valkey", None, "--dbfilename", "no.rdb").start()
    try:
        client = broker.client()
        client.config_set("requirepass", "geheim")
        refused = khabar("status", env={"KHABAR_REDIS_URL": broker.url})
        assert refused.returncode == Exit.NO_BROKER
        assert "refuses access" in refused.stderr
        client.config_set("requirepass", "")
        client.config_set("save", "1 1")  # and then the server refuses all writes
        client.set("any", "thing")
        wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")
        status = khabar("status", env={"KHABAR_REDIS_URL": broker.url})
        assert status.returncode == Exit.UNHEALTHY
        assert "waiting" in status.stdout
        push = khabar("push", "--outage", "1", "-", input=json_lines(1), env={"KHABAR_REDIS_URL": broker.url})
        assert push.returncode == Exit.NO_BROKER
        assert "MISCONF" in push.stderr
        assert "trying for 1 s" in push.stderr
    finally:
        broker.kill()


def test_the_same_bad_item_is_one_dead_letter_until_it_is_dropped(service: Service) -> None:
    """A file that is pushed every hour has the same bad rows every hour."""
    bad = json.dumps({"id": "twice", "text": 7})

    def letters() -> list[str]:
        found = DeadLetters(service.client, service.names, done_generation_s=86_400)
        return [letter.id for letter in found if letter.rejection.original == bad]

    for _ in range(2):
        assert "1 rejected" in service.run("push", "-", input=bad).stderr
    [letter] = letters()
    assert service.run("dead", "drop", letter, "-y").stdout == "1 dropped\n"
    service.run("push", "-", input=bad)
    assert len(letters()) == 1
