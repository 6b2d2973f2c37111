"""Every way in which Java can fail, and that no answer ever stands at another's word."""

import json
import logging
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from khabar.farasa_jars.errors import FarasaFailed, FarasaNotReady
from khabar.farasa_jars.java import JavaCommand
from khabar.farasa_jars.tool import FarasaTool, Mode
from tests.fake_java import FakeJava
from tests.waiting import wait_until

MakeTool = Callable[..., FarasaTool]
LINES = ["والكتاب", "للعمل", "مدرسة", "قلم"]
ANSWERS = ["و+ال+كتاب", "ل+ال+عمل", "مدرسه", "قلم"]


@pytest.mark.parametrize(
    ("flush", "mode", "starts"),
    [("line", Mode.RESIDENT, 1), ("word", Mode.RESIDENT, 1), ("end", Mode.ONE_SHOT, 3)],
)
def test_the_handshake_finds_out_when_the_jar_answers(
    make_tool: MakeTool, fake_java: FakeJava, flush: str, mode: Mode, starts: int
) -> None:
    """The jar of farasapy answers line by line, the release's when it meets a new word; another may at the end of its input."""
    tool = make_tool(flush=flush, start_s=1 if flush == "end" else 20)
    tool.check()
    assert tool.mode is mode
    assert [tool.ask(LINES), tool.ask(LINES[::-1])] == [ANSWERS, ANSWERS[::-1]]
    assert len(fake_java.pids) == starts


@pytest.mark.parametrize("flush", ["line", "word", "end"])
@pytest.mark.parametrize("fault", ["dies", "garbage", "fewer", "more", "shouts"])
def test_a_process_that_fails_is_replaced_and_the_batch_asked_again(
    make_tool: MakeTool, fault: str, flush: str
) -> None:
    """One death, or one answer too many, must cost nothing but time."""
    faulty_starts = 2 if flush == "end" else 1  # the first of them is the handshake alone
    tool = make_tool(
        flush=flush, fault=fault, after=1, faulty_starts=faulty_starts, start_s=1 if flush == "end" else 20
    )
    tool.check()
    assert tool.ask(LINES) == ANSWERS
    assert tool.ask(LINES) == ANSWERS


@pytest.mark.parametrize("fault", ["dies", "garbage", "fewer", "more", "shouts", "hangs"])
def test_one_that_fails_again_and_again_fails_the_batch(make_tool: MakeTool, fake_java: FakeJava, fault: str) -> None:
    """The batch goes back to the ledger; nothing of it is answered wrongly, and no process is left."""
    tool = make_tool(fault=fault, after=1, timeout_s=0.5)
    with pytest.raises(FarasaFailed):
        tool.ask(LINES)
    assert tool.pid is None
    assert not any(psutil.pid_exists(pid) for pid in fake_java.pids)


def test_one_that_hangs_is_ended_after_its_time(make_tool: MakeTool) -> None:
    """A hang in the middle of a batch; the next process answers."""
    tool = make_tool(fault="hangs", after=1, faulty_starts=1, timeout_s=0.5)
    assert tool.ask(LINES) == ANSWERS


def test_a_slow_one_is_waited_for(make_tool: MakeTool) -> None:
    """Slow is no fault."""
    tool = make_tool(fault="slow")
    assert tool.ask(LINES * 10) == ANSWERS * 10


def test_a_flood_of_errors_blocks_nothing_and_leaks_nothing(
    make_tool: MakeTool, caplog: pytest.LogCaptureFixture
) -> None:
    """A full pipe of standard error would stop Java for ever; and what it writes may be an article's words."""
    caplog.set_level(logging.INFO)
    tool = make_tool(fault="floods_stderr")
    assert tool.ask(LINES) == ANSWERS
    told = [record for record in caplog.records if getattr(record, "action", "") == "farasa_stderr"]
    assert told[0].errors[:2] == ["java.lang.IllegalStateException", "at farasa.Farasa.run(Farasa.java:12)"]
    assert not any("وقال" in json.dumps(vars(record), default=str, ensure_ascii=False) for record in caplog.records)


@pytest.mark.parametrize("fault", ["dies_at_start", "hangs_at_start"])
def test_one_that_does_not_start_is_one_sentence_at_start_up(make_tool: MakeTool, fault: str) -> None:
    """Not at the first article."""
    with pytest.raises(
        FarasaNotReady, match=r"FarasaSegmenterJar.jar does not work with .*java.* docs/how-to/engines.md"
    ):
        make_tool(fault=fault, start_s=0.5).check()


def test_a_start_that_fails_is_tried_again(make_tool: MakeTool, fake_java: FakeJava) -> None:
    """Memory may be short for a moment."""
    tool = make_tool(fault="dies_at_start", faulty_starts=2)
    tool.ready()
    assert len(fake_java.pids) == 3


def test_one_that_is_killed_while_idle_is_replaced(make_tool: MakeTool) -> None:
    """The kernel ends the largest process when memory is short, and that is Java."""
    tool = make_tool()
    tool.ready()
    os.kill(tool.pid or 0, signal.SIGKILL)
    assert tool.ask(LINES) == ANSWERS


def test_after_so_many_words_it_is_replaced(fake_java: FakeJava) -> None:
    """Farasa keeps every word it has met."""
    tool = FarasaTool(
        JavaCommand(fake_java.jars / "lib/FarasaSegmenterJar.jar", java=str(fake_java.java)),
        start_s=20,
        timeout_s=20,
        max_lines=6,
    )
    for _ in range(3):
        assert tool.ask(LINES) == ANSWERS
    tool.close()
    assert len(fake_java.pids) == 2


def test_a_missing_java_is_one_sentence() -> None:
    """FileNotFoundError would help nobody."""
    with pytest.raises(FarasaNotReady, match=r"no program 'no-such-java'.*apt-get install.*KHABAR_FARASA_JAVA"):
        JavaCommand(Path("/x.jar"), java="no-such-java").line()


def test_a_time_limit_in_mid_answer_ends_the_process(make_tool: MakeTool) -> None:
    """What is still to come would be taken for the next article's answer."""

    class Rung(BaseException):
        pass

    def ring(*_: object) -> None:
        raise Rung

    tool = make_tool(fault="hangs", after=1, faulty_starts=1)
    tool.ready()
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(Rung):
            tool.ask(LINES)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert tool.ask(LINES) == ANSWERS


def test_a_fork_leaves_parent_and_child_a_process_each(make_tool: MakeTool, fake_java: FakeJava) -> None:
    """Two that read one pipe would each get parts of the other's answers."""
    tool = make_tool()
    tool.check()
    child = os.fork()
    if child == 0:
        is_right = tool.ask(LINES) == ANSWERS
        tool.close()
        os._exit(0 if is_right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert tool.ask(LINES) == ANSWERS
    assert len(set(fake_java.pids)) == 3


def test_java_ends_with_a_process_that_is_killed(make_tool: MakeTool, fake_java: FakeJava) -> None:
    """Celery's children are killed -9 at a hard limit; 1 GB must not stay behind for each, be it hung."""
    tool = make_tool(fault="hangs", after=0, timeout_s=60)
    child = os.fork()
    if child == 0:
        tool.ask(LINES)
        os._exit(1)
    wait_until(lambda: len(fake_java.pids) == 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    wait_until(lambda: not psutil.pid_exists(fake_java.pids[0]))


def test_a_line_end_in_a_line_is_refused(make_tool: MakeTool) -> None:
    """It would make two answers of one."""
    with pytest.raises(ValueError, match="line end"):
        make_tool().ask(["a\nb"])


def test_java_is_not_bound_by_the_memory_limit_of_a_worker_process(make_tool: MakeTool) -> None:
    """It reserves its heap at once and would not start; it has -Xmx instead. The worker's own limit stays."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    limit = 8 << 30
    resource.setrlimit(resource.RLIMIT_DATA, (limit, before[1]))
    try:
        tool = make_tool()
        tool.ready()
        assert resource.getrlimit(resource.RLIMIT_DATA)[0] == limit
        assert psutil.Process(tool.pid).rlimit(psutil.RLIMIT_DATA)[0] == before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
