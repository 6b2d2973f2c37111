"""The whole service with Farasa's jars as its engine, and Java failing in every way: no article lost, none shifted."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import orjson
import psutil
import pytest

from contracts.article import parse_article
from contracts.names import EVENT_FIELD
from tests.acceptance.service import Service, khabar
from tests.articles import article, json_lines
from tests.fake_java import FakeJava
from tests.waiting import wait_until
from worker.bootstrap import build_pipeline
from worker.pipeline.assemble import record_bytes
from worker.settings import Settings

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


def expected(java: FakeJava, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Return each article's record as a Java that never fails makes it."""
    monkeypatch.setenv("FAKE_JAVA", "{}")
    pipeline = build_pipeline(
        Settings(engine="farasapy", farasa_java=str(java.java), farasa_jars=java.jars, layers=LAYERS)
    )
    made = {}
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
        {"fault": "hangs", "after": 20} | CHILDREN,
        {"fault": "hangs_at_start"} | CHILDREN,
        {"fault": "dies_at_start"} | CHILDREN,
        {"fault": "fewer", "after": 20} | CHILDREN,
        {"fault": "more", "after": 20} | CHILDREN,
        {"fault": "garbage", "after": 20} | CHILDREN,
        {"fault": "floods_stderr"},
        {"fault": "slow", "after": 100},
    ],
    ids=lambda fault: f"{fault['fault']}{'-word' if 'flush' in fault else ''}",
)
def test_no_article_is_lost_or_shifted(
    tmp_path: Path, java: FakeJava, plan: Plan, monkeypatch: pytest.MonkeyPatch, fault: dict[str, object]
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
    assert dict(found) == expected(java, monkeypatch)


def test_java_killed_again_and_again_costs_no_article(
    tmp_path: Path, java: FakeJava, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel ends the largest process when memory is short, and that is Java."""
    plan(fault="slow", after=0)
    with service(tmp_path, java, max_attempts=20) as running:
        assert running.run("push", "-", input=json_lines(ARTICLES)).returncode == 0
        for kill in range(10):
            wait_until(lambda least=kill * ARTICLES // 20: running.settled() >= least, timeout_s=60)
            for process in psutil.Process(running.process.pid).children(recursive=True):
                if "-jar" in process.cmdline():
                    process.kill()
        wait_until(lambda: running.settled() >= ARTICLES, timeout_s=90)
        found = published(running)
        assert running.stop() == 0
    assert dict(found) == expected(java, monkeypatch)
    assert len(found) == ARTICLES


def test_an_article_that_java_cannot_bear_is_the_only_dead_letter(
    tmp_path: Path, java: FakeJava, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its batch fails with it once, then each is tried alone."""
    plan(fault="poison", after=0)
    bad = article(ARTICLES) | {"body": "وقال المتحدث إن السم في العسل."}
    with service(tmp_path, java) as running:
        lines = json_lines(ARTICLES) + json.dumps(bad, ensure_ascii=False) + "\n"
        assert running.run("push", "-", input=lines).returncode == 0
        wait_until(lambda: running.settled() >= ARTICLES + 1, timeout_s=90)
        found = published(running)
        dead = running.run("dead", "list")
        assert running.stop() == 0
    assert dict(found) == expected(java, monkeypatch)
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
