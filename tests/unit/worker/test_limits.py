"""What one article may take of a worker process: time, CPU time, memory. Each in a process of its own, for it may not survive."""

import signal
import subprocess
import sys
import time

import pytest

PRELUDE = """
import ctypes, itertools, sys, time
from khabar.batch.memory_limit import limit_memory
from khabar.batch.time_limit import TimeLimits
from khabar.errors import ArticleTimedOut
limits = TimeLimits()
"""
LOOP_IN_C = "sum(itertools.repeat(1))"
# A mutex locked twice; PyDLL keeps the interpreter's lock, so that no other Python thread runs either.
HANG_IN_C = (
    "lock = ctypes.PyDLL(None).pthread_mutex_lock; mutex = ctypes.create_string_buffer(64); lock(mutex); lock(mutex)"
)


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, timeout=30)


def test_python_code_obeys_the_alarm_and_the_next_article_runs() -> None:
    """The process lives: only the article failed."""
    done = run(
        "try:\n  with limits.article(0.2):\n    while True: pass\n"
        "except ArticleTimedOut as error: print(error)\n"
        "with limits.article(0.2): print('next')\n"
        "limits.batch_over()\n"
    )
    assert done.stdout == "ran longer than 0.2 s\nnext\n"
    assert done.returncode == 0


def test_an_alarm_that_a_library_turns_into_its_own_error_is_still_one() -> None:
    """Pydantic does so with whatever a serializer raises; the dead letter would name the wrong reason."""
    done = run(
        "from pydantic import BaseModel, model_serializer\n"
        "class Slow(BaseModel):\n"
        "  @model_serializer\n"
        "  def write(self):\n"
        "    while True: pass\n"
        "try:\n  with limits.article(0.2): Slow().model_dump()\n"
        "except ArticleTimedOut as error: print(error)\n"
        "limits.batch_over()\n"
    )
    assert done.stdout == "ran longer than 0.2 s\n"


def test_a_loop_in_c_ends_its_process_with_a_signal_of_its_own() -> None:
    """So that the parent can say that it was time, and not a crash."""
    done = run(f"with limits.article(0.2): {LOOP_IN_C}")
    assert done.returncode == -signal.SIGPROF


def test_a_wait_in_c_ends_its_process_with_the_same_signal() -> None:
    """It uses no CPU and takes up again after each signal, but other threads run."""
    done = run(f"with limits.article(0.2): {HANG_IN_C.replace('PyDLL', 'CDLL')}")
    assert done.returncode == -signal.SIGPROF


def test_a_hang_in_c_ends_its_process_and_says_where() -> None:
    """It uses no CPU, obeys no alarm and holds the interpreter's lock."""
    done = run(f"with limits.article(0.2): {HANG_IN_C}")
    assert done.returncode == 1
    assert "Timeout" in done.stderr


def test_a_starved_article_is_not_at_fault() -> None:
    """Its process is stopped for longer than the wall limit: as on a machine that has no time for it."""
    done = run(
        "import os, signal, threading\n"
        "from khabar.batch.time_limit import Starved\n"
        "if not os.fork():\n"
        "  time.sleep(0.5); os.kill(os.getppid(), signal.SIGSTOP); time.sleep(2); os.kill(os.getppid(), signal.SIGCONT)\n"
        "  os._exit(0)\n"
        "try:\n  with limits.article(20, wall_s=1.5):\n    while True: pass\n"
        "except Starved as error: print(str(error)[:3])\n"
        "limits.batch_over()\n"
    )
    assert done.stdout == "had\n"
    assert done.returncode == 0


def test_time_in_which_the_process_was_stopped_is_no_wait_of_the_articles() -> None:
    """A machine that was suspended, a container that was frozen."""
    done = run(
        "import os, signal\n"
        "if not os.fork():\n"
        "  time.sleep(0.5); os.kill(os.getppid(), signal.SIGSTOP); time.sleep(4); os.kill(os.getppid(), signal.SIGCONT)\n"
        "  os._exit(0)\n"
        "started = time.monotonic()\n"
        "with limits.article(20, wait_s=2.5):\n"
        "  while time.monotonic() - started < 5: pass\n"
        "print('done')\n"
        "limits.batch_over()\n"
    )
    assert done.stdout == "done\n"


def test_an_article_at_work_is_progress_and_one_that_waits_is_none() -> None:
    """So a large article does not look like a stuck worker, and a stuck one does not look like a large article."""
    done = run(
        "signs = []\n"
        "limits = TimeLimits(lambda: signs.append(1))\n"
        "with limits.article(20):\n"
        "  while not signs: pass\n"
        "signs.clear()\n"
        "try:\n  with limits.article(20, wait_s=1):\n    time.sleep(20)\n"
        "except ArticleTimedOut as error: print(error, len(signs) <= 1)\n"
        "limits.batch_over()\n"
    )
    assert done.stdout == "waited longer than 1 s True\n"


def test_waiting_outside_an_article_is_not_limited() -> None:
    """A batch that waits for its broker is not at fault."""
    done = run("with limits.article(0.05): pass\nlimits.batch_over()\ntime.sleep(0.5); print('alive')")
    assert done.stdout == "alive\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_memory_beyond_the_limit_is_refused_and_the_process_goes_on() -> None:
    """One article cannot take the machine; the next one runs."""
    started = time.monotonic()
    done = run(
        "limit_memory(200 << 20)\n"
        "try: block = bytearray(4 << 30)\n"
        "except MemoryError: print('refused')\n"
        "block = bytearray(100 << 20); print(len(block) >> 20)\n"
    )
    assert done.stdout == "refused\n100\n"
    assert time.monotonic() - started < 20
