"""One thread for numpy's matrices, which are too small to be worth two.

numpy's BLAS has a thread for each core, and they wait for one another in busy loops. On two busy cores the fast pipeline took
35 to 39 ms of processor time an article with two threads, and 13.8 ms with one, whichever of the two ways below set it. Entering
and leaving `one_thread` takes 0.04 ms of that.
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
    """Have numpy's BLAS begin with one thread, unless the environment says otherwise.

    For processes that are khabar's own (a worker, a command), before numpy is loaded: it reads the environment only then. A
    process that never starts the threads can also fork without them.
    """
    os.environ.setdefault(PROCESS_VARIABLE, "1")


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit numpy's BLAS to one thread inside the block, and put the caller's number back after it.

    BLAS has one number for the whole process. So threads take turns here: of two blocks that overlap, the later to end would put
    back the other's 1. Where another thread of the process is inside a limit of threadpoolctl, its number stays: an article then
    takes longer, and is the same.
    """
    with _turn:
        if "numpy" in sys.modules:
            with _blas().limit(limits=1):
                yield
        else:  # nothing to limit, and nothing to be found
            yield


_turn = RLock()  # an extractor may extract


def _after_fork() -> None:
    global _turn
    _turn = RLock()  # another thread of the parent may have been inside


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@cache
def _blas() -> Any:
    """Return the controller of the process's BLAS libraries; looking for them takes 4 ms."""
    # Its import sets this for the whole process, to have two OpenMP libraries bear each other: no business of ours.
    with variable("KMP_DUPLICATE_LIB_OK", "True"):
        from threadpoolctl import ThreadpoolController  # here: workers and commands do without it
    return ThreadpoolController().select(user_api="blas")
