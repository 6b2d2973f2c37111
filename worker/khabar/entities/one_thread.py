"""Limit numpy to one thread, because khabar's matrices are too small for two.

numpy's BLAS starts a thread for each core, and the threads wait for each other in busy loops. On two busy cores the fast pipeline
took 35 to 39 ms of processor time for an article with two threads. With one thread it took 13.8 ms, whichever of the two ways
below set it. Entering and leaving `one_thread` takes 0.04 ms of that.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Any

from khabar.entities.environment import variable

PROCESS_VARIABLE = "OPENBLAS_NUM_THREADS"


def keep_process_to_one_thread() -> None:
    """Let numpy's BLAS start with one thread, unless the environment sets another number.

    For khabar's own processes (workers, commands). Call it before numpy is loaded, which reads the environment only then. A
    process that has never started BLAS threads can also fork safely.
    """
    os.environ.setdefault(PROCESS_VARIABLE, "1")


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit numpy's BLAS to one thread inside the block, and restore the caller's number of threads after it.

    BLAS has one number for the whole process, so threads take turns: if two blocks overlapped, the later one to end would
    restore the other's limit of 1. If another thread of the process uses threadpoolctl itself, its number may win. Extraction is
    then slower, with the same results.
    """
    with _turn:
        if "numpy" in sys.modules:
            with _blas().limit(limits=1):
                yield
        else:  # no BLAS to limit
            yield


_turn = RLock()  # reentrant, because an extractor may call khabar.extract


def _after_fork() -> None:
    global _turn
    _turn = RLock()  # another thread of the parent may have been inside


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@cache
def _blas() -> Any:
    """Return the controller of the process's BLAS libraries; looking for them takes 4 ms."""
    # Importing threadpoolctl sets this variable for the whole process; khabar must not, so the old value is restored.
    with variable("KMP_DUPLICATE_LIB_OK", "True"):
        from threadpoolctl import ThreadpoolController  # imported here, because workers and commands do not need it
    return ThreadpoolController().select(user_api="blas")
