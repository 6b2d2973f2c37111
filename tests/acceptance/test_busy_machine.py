"""A machine that is busy with other work: articles take longer, and none is given up for it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from khabar.bootstrap import build_pipelines
from khabar.errors import Exit
from khabar.keys.names import Lane
from khabar.messages.article import Article
from khabar.settings import load_settings
from tests.acceptance.service import Service
from tests.articles import article
from tests.waiting import wait_until

ARTICLES = 24
LOOPS = 10
SENTENCES = 12  # 4 kB, 20 ms on a slow machine: long enough that the loops get their turns within one article
# Times what an article takes alone. By the wall clock each takes eleven times as long, so a limit of that kind ends all of them.
LIMIT = 6


@contextmanager
def one_core() -> Iterator[None]:
    """Let what is started in the body run on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def busy_loops() -> Iterator[None]:
    """Other users' work on the same core. Each loop has its own session, for Linux shares a core between sessions."""
    loops: list[subprocess.Popen[bytes]] = []
    try:
        with one_core():
            loops += [
                subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
                for _ in range(LOOPS)
            ]
        yield
    finally:
        for loop in loops:
            loop.kill()
        for loop in loops:
            loop.wait()


def processor_s(number: int) -> float:
    """Return what one article takes here, in seconds of processor time: the most of a few, the first of which fills caches."""
    pipeline = build_pipelines(load_settings(recognizer="fast"))[Lane.LIVE]
    took = []
    for each in range(number):
        started = time.process_time()
        pipeline(Article(**article(each, SENTENCES)))
        took.append(time.process_time() - started)
    return max(took[1:])


@pytest.mark.timeout(400)
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="pins processes to a core, as Linux does")
def test_ordinary_articles_beside_ten_busy_loops_are_records(tmp_path: Path) -> None:
    """Four in five were dead letters, `timed_out`, under a limit of the wall clock; none of them was at fault."""
    lines = "".join(json.dumps(article(number, SENTENCES)) + "\n" for number in range(ARTICLES))
    limit_s = LIMIT * processor_s(8)
    with one_core():
        service = Service(
            tmp_path / "var",
            layers=None,
            up_s=120,
            article_timeout_s=round(limit_s, 3),
            stall_s=600,
            lease_s=30,
            retry_base_s=0.1,
        )
        service.__enter__()
    try:
        with busy_loops():
            assert service.run("push", "-", input=lines).returncode == Exit.OK
            wait_until(lambda: service.settled() == ARTICLES, timeout_s=300)
        assert (service.client.xlen(service.names.records), service.client.xlen(service.names.dead)) == (ARTICLES, 0)
    finally:
        service.__exit__()
