"""The whole service with Farasa's jars as its engine, and Java failing in every way: no article lost, none shifted."""

import json
import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson
import psutil
import pytest

from khabar.bootstrap import build_pipeline
from khabar.keys.names import EVENT_FIELD
from khabar.messages.article import parse_article
from khabar.pipeline.assemble import record_bytes
from khabar.settings import Settings
from tests.acceptance.service import Service, khabar
from tests.articles import article, json_lines
from tests.fake_java import FakeJava
from tests.waiting import wait_until

ARTICLES = 200
LAYERS = "paragraphs,sentences,tokens,quality"
IN_PARENTS = 2  # starts of Java before a child's: `khabar up` and the worker each try it out
Plan = Callable[..., None]


@pytest.fixture
def java(tmp_path: Path) -> FakeJava:
    """A fake Java that every process of this test finds."""
    (tmp_path / "java").mkdir()
    return FakeJava(tmp_path / "java")


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Tells every Java of this test what to do."""
    return lambda **what: monkeypatch.setenv("FAKE_JAVA", json.dumps(what))


def service(tmp_path: Path, java: FakeJava, **settings: object) -> Service:
    given = {
        "farasa_timeout_s": 2,
        "farasa_start_s": 4,
        "retry_base_s": 0.1,
        "lease_s": 3,
        "batch_articles": 8,
    } | settings
    return Service(
        tmp_path / "var", engine="farasapy", farasa_java=java.java, farasa_jars=java.jars, layers=LAYERS, **given
    )


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Each article's record as a Java that never fails makes it."""
    java = FakeJava(tmp_path_factory.mktemp("undisturbed"))
    settings = Settings(engine="farasapy", farasa_java=str(java.java), farasa_jars=java.jars, layers=LAYERS)
    made = {}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FAKE_JAVA", "{}")
        pipeline = build_pipeline(settings)
        for number in range(ARTICLES):
            record = pipeline(parse_article(json.dumps(article(number)).encode()))
            made[record.article.id] = record_bytes(record)
        for part in pipeline.supervised:
            part.close()
    return made


def published(running: Service) -> list[tuple[str, bytes]]:
    events = [orjson.loads(fields[EVENT_FIELD.encode()]) for _, fields in running.client.xrange(running.names.records)]
    return [(event["subject"], orjson.dumps(event["data"])) for event in events]


CHILDREN = {"faulty_from": IN_PARENTS + 1, "faulty_starts": IN_PARENTS + 2}  # the first Java of each of two children


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "dies", "after": 20} | CHILDREN,
        {"fault": "dies", "after": 20, "flush": "word"} | CHILDREN,
        {"fault": "dies", "after": 20, "flush": "end"} | CHILDREN,
        {"fault": "hangs", "after": 20} | CHILDREN,
        {"fault": "hangs_at_start"} | CHILDREN,
        {"fault": "dies_at_start"} | CHILDREN,
        {"fault": "fewer", "after": 20} | CHILDREN,
        {"fault": "more", "after": 20} | CHILDREN,
        {"fault": "garbage", "after": 20} | CHILDREN,
        {"fault": "floods_stderr"},
        {"fault": "slow", "after": 100},
    ],
    ids=lambda fault: f"{fault['fault']}-{fault.get('flush', 'line')}",
)
def test_no_article_is_lost_or_shifted(
    tmp_path: Path, java: FakeJava, plan: Plan, expected: dict[str, bytes], fault: dict[str, object]
) -> None:
    """Each article has one record, and it is byte for byte the one that an undisturbed Java makes."""
    plan(**fault)
    with service(tmp_path, java) as running:
        assert running.run("push", "-", input=json_lines(ARTICLES)).returncode == 0
        wait_until(lambda: running.settled() >= ARTICLES, timeout_s=90)
        found = published(running)
        assert running.client.xlen(running.names.dead) == 0
        assert running.stop() == 0
    assert Counter(name for name, _ in found) == Counter(f"test-{number}" for number in range(ARTICLES))
    assert dict(found) == expected


def test_java_killed_again_and_again_costs_no_article(
    tmp_path: Path, java: FakeJava, plan: Plan, expected: dict[str, bytes]
) -> None:
    """The kernel ends the largest process when memory is short, and that is Java."""
    plan(fault="slow", after=0)
    with service(tmp_path, java, max_attempts=20) as running:
        assert running.run("push", "-", input=json_lines(ARTICLES)).returncode == 0
        for kill in range(10):
            wait_until(lambda least=kill * ARTICLES // 20: running.settled() >= least, timeout_s=60)
            for process in psutil.Process(running.process.pid).children(recursive=True):
                with suppress(psutil.Error):  # it has ended by itself
                    if "-jar" in process.cmdline():
                        process.kill()
        wait_until(lambda: running.settled() >= ARTICLES, timeout_s=90)
        found = published(running)
        assert running.stop() == 0
    assert dict(found) == expected
    assert len(found) == ARTICLES


def test_that_java_does_not_start_counts_against_no_article(
    tmp_path: Path, java: FakeJava, plan: Plan, expected: dict[str, bytes]
) -> None:
    """Twenty starts fail, more than a child tries for one batch; an article would be a dead letter after its first attempt."""
    plan(fault="dies_at_start", faulty_from=IN_PARENTS + 1, faulty_starts=IN_PARENTS + 20)
    with service(tmp_path, java, max_attempts=1, lease_s=2) as running:
        assert running.run("push", "-", input=json_lines(ARTICLES)).returncode == 0
        wait_until(lambda: running.settled() >= ARTICLES, timeout_s=110)
        found = published(running)
        assert running.stop() == 0
    assert dict(found) == expected
    assert len(found) == ARTICLES


@pytest.mark.timeout(400)
def test_farasa_itself_killed_in_mid_work_loses_no_article(tmp_path: Path) -> None:
    """Real jars and a real Java, under the memory limit of a worker process; the records are those of the embedded engine."""
    jars = os.environ.get("KHABAR_FARASA_JARS")
    if not jars:
        pytest.skip("no Farasa on this machine: set KHABAR_FARASA_JARS to its jars to run this test too")
    given = {"engine": "farasapy", "farasa_jars": jars, "layers": LAYERS, "farasa_start_s": 60, "stall_s": 120}
    with Service(tmp_path / "var", children=1, up_s=120, **given) as running:
        assert running.run("push", "-", input=json_lines(ARTICLES)).returncode == 0
        for least in (1, ARTICLES // 2):
            wait_until(lambda least=least: running.settled() >= least, timeout_s=120)
            for process in psutil.Process(running.process.pid).children(recursive=True):
                with suppress(psutil.Error):  # it has ended by itself
                    if "-jar" in process.cmdline():
                        process.kill()
        wait_until(lambda: running.settled() >= ARTICLES, timeout_s=120)
        found = {name: orjson.loads(record)["tokens"] for name, record in published(running)}
        assert running.client.xlen(running.names.dead) == 0
        assert running.stop() == 0
    pipeline = build_pipeline(Settings(layers=LAYERS))
    for number in range(ARTICLES):
        tokens = pipeline(parse_article(json.dumps(article(number)).encode())).tokens
        assert tokens is not None
        assert found[f"test-{number}"] == tokens.model_dump()


def test_an_article_that_java_cannot_bear_is_the_only_dead_letter(
    tmp_path: Path, java: FakeJava, plan: Plan, expected: dict[str, bytes]
) -> None:
    """Its batch fails with it once, then each is tried alone."""
    plan(fault="poison", after=0)
    bad = article(ARTICLES) | {"body": "وقال المتحدث إن الزقوم في العسل."}
    with service(tmp_path, java) as running:
        lines = json_lines(ARTICLES) + json.dumps(bad, ensure_ascii=False) + "\n"
        assert running.run("push", "-", input=lines).returncode == 0
        wait_until(lambda: running.settled() >= ARTICLES + 1, timeout_s=90)
        found = published(running)
        dead = running.run("dead", "list")
        assert running.stop() == 0
    assert dict(found) == expected
    assert f"test-{ARTICLES}" in dead.stdout
    assert "extraction_failed" in dead.stdout


def test_java_ends_with_the_service(tmp_path: Path, java: FakeJava, plan: Plan) -> None:
    """A gigabyte for each child must not stay behind."""
    plan()
    with service(tmp_path, java) as running:
        assert running.run("push", "-", input=json_lines(20)).returncode == 0
        wait_until(lambda: running.settled() >= 20, timeout_s=60)
        assert any(psutil.pid_exists(pid) for pid in java.pids)
        assert running.stop() == 0
        wait_until(lambda: not any(psutil.pid_exists(pid) for pid in java.pids))


@pytest.mark.parametrize("command", [["up"], ["segment"], ["extract", "-"]], ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"KHABAR_FARASA_JAVA": "no-such-java"}, "no program 'no-such-java'"),
        ({"KHABAR_FARASA_JARS": "/no/such/folder"}, "no Farasa segmenter in /no/such/folder"),
        ({"KHABAR_FARASA_JARS": "unaccepted"}, "has not been accepted"),
    ],
    ids=["java", "jars", "licence"],
)
def test_what_is_missing_is_one_sentence_at_start_up(
    tmp_path: Path, java: FakeJava, command: list[str], settings: dict[str, str], sentence: str
) -> None:
    """Not a traceback, and not at the first article; the exit code is that of settings that cannot be used."""
    env = {"KHABAR_ENGINE": "farasapy", "KHABAR_FARASA_JAVA": str(java.java), "KHABAR_FARASA_JARS": str(java.jars)}
    if settings.get("KHABAR_FARASA_JARS") == "unaccepted":
        (java.jars / "khabar-accepted.json").unlink()
        settings = {}
    var = ["--var", str(tmp_path / "var")] if command == ["up"] else []
    done = khabar(*command, *var, input="وقال\n", env=env | settings)
    assert done.returncode == 2, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert java.pids == []


@pytest.mark.parametrize("role", [[], ["dispatch"]], ids=["worker", "dispatcher"])
def test_a_process_started_alone_says_it_too(tmp_path: Path, java: FakeJava, role: list[str]) -> None:
    """Celery would log the error, and go on without an engine."""
    env = {"KHABAR_ENGINE": "farasapy", "KHABAR_FARASA_JAVA": str(java.java), "KHABAR_FARASA_JARS": "/no/such/folder"}
    done = subprocess.run(
        [sys.executable, "-m", "khabar.host", *role], env=os.environ | env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "khabar: no Farasa segmenter in /no/such/folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_jars_are_installed_by_hand_and_tried_out(tmp_path: Path, java: FakeJava) -> None:
    """The way without a network: an archive brought here, the licence accepted, and a look at what it does."""
    archive, folder = tmp_path / "farasa_bin.zip", tmp_path / "farasa"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("farasa_bin/lib/FarasaSegmenterJar.jar", "made up")
    refused = khabar("farasa", "download", str(folder), "--archive", str(archive))
    assert refused.returncode == 2
    assert "research\npurposes only" in refused.stderr
    assert "accept Farasa's licence" in refused.stderr
    assert not folder.exists()
    done = khabar("farasa", "download", str(folder), "--archive", str(archive), "--accept-licence")
    assert done.returncode == 0, done.stderr
    checked = khabar("farasa", "check", str(folder), env={"KHABAR_FARASA_JAVA": str(java.java)})
    assert checked.returncode == 0, checked.stderr
    assert "resident" in checked.stdout
    assert "ة->ه" in checked.stdout


def test_a_download_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    """Farasapy only logs it, and fails at the first text."""
    done = khabar(
        "farasa",
        "download",
        str(tmp_path / "farasa"),
        "--accept-licence",
        "--url",
        "https://127.0.0.1:9/farasa_bin.zip",
    )
    assert done.returncode == 1
    assert "cannot be fetched" in done.stderr
    assert not (tmp_path / "farasa").exists()


def test_a_stall_shorter_than_java_may_take_is_refused(java: FakeJava) -> None:
    """A worker that waits for Java would be restarted again and again."""
    env = {"KHABAR_ENGINE": "farasapy", "KHABAR_FARASA_JARS": str(java.jars), "KHABAR_FARASA_START_S": "60"}
    done = khabar("status", env=env)
    assert done.returncode == 2
    assert "KHABAR_STALL_S (60) must be above what Java may take" in done.stderr
