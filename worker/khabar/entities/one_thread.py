"""One thread for numpy's matrices, which are too small to be worth two.

numpy's BLAS has a thread for each core, and they wait for one another in busy loops. On two busy cores the fast pipeline took
35 to 39 ms of processor time an article with two threads, and 13.8 ms with one, whichever of the two ways below set it. Entering
and leaving `one_thread` takes 0.04 ms of that.
"""

import os
import sys
from functools import cached_property
from threading import Lock
from typing import Any

from khabar.entities.environment import variable

PROCESS_VARIABLE = "OPENBLAS_NUM_THREADS"


def keep_process_to_one_thread() -> None:
    """Have numpy's BLAS begin with one thread, unless the environment says otherwise.

    For processes that are khabar's own (a worker, a command), before numpy is loaded: it reads the environment only then. A
    process that never starts the threads can also fork without them.
    """
    os.environ.setdefault(PROCESS_VARIABLE, "1")


class _OneThread:
    """Limits numpy's BLAS to one thread from the first entry to the last exit, in whichever threads these are.

    BLAS has one limit for the whole process, so it is set and put back once for all calls that overlap.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._limit: Any = None

    @cached_property
    def _blas(self) -> Any:
        """The BLAS libraries of this process; looking for them takes 4 ms."""
        # Its import sets this for the whole process, to have two OpenMP libraries bear each other: no business of ours.
        with variable("KMP_DUPLICATE_LIB_OK", "True"):
            from threadpoolctl import ThreadpoolController  # here: workers and commands do without it

        return ThreadpoolController().select(user_api="blas")

    def __enter__(self) -> None:
        with self._lock:
            # Without numpy there is nothing to limit, and nothing to be found.
            if self._limit is None and "numpy" in sys.modules:
                self._limit = self._blas.limit(limits=1)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._limit is not None:
                self._limit.restore_original_limits()
                self._limit = None


one_thread = _OneThread()
