"""The one Celery task, and what happens to a batch whose process died."""

from typing import Any

from celery import Celery, Task
from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.signals import task_failure, worker_init, worker_process_init
from celery.utils.log import get_task_logger

from contracts.names import TASK, Lane
from worker.errors import Code
from worker.ledger.entries import Failure
from worker.service import Worker

log = get_task_logger(__name__)

REASONS: dict[type[BaseException], tuple[Code, str]] = {
    TimeLimitExceeded: (Code.TIMED_OUT, "its process ran over the hard time limit"),
    WorkerLostError: (Code.WORKER_LOST, "its process was lost"),
}


def register_tasks(app: Celery, worker: Worker) -> "Task[[str, list[str]], None]":
    """Add the task to the app; `worker` is what it runs with, built once a process."""

    @app.task(name=TASK)
    def extract(lane: str, ids: list[str]) -> None:
        """Extract a batch: ledger entries in, outcomes out."""
        worker.batches.run(Lane(lane), ids)

    @worker_init.connect(weak=False)
    def open_model(**_: Any) -> None:
        worker.open_model()

    @worker_process_init.connect(weak=False)
    def start_child(**_: Any) -> None:
        # Here and not in the parent, for a connection must not be shared; nor while the first article waits.
        worker.connect()

    @task_failure.connect(sender=extract, weak=False)
    def put_back(args: tuple[str, list[str]], exception: BaseException, **_: Any) -> None:
        """Called in the parent when the child was lost or timed out, in the child when the broker failed it."""
        lane, ids = args
        code, reason = REASONS.get(type(exception), (Code.WORKER_LOST, "its batch could not be brought to its end"))
        try:
            failed = worker.parent_holder.fail(
                Lane(lane), ids, Failure(code, f"{reason} ({type(exception).__name__})", "worker")
            )
        except Exception as error:  # broker away: the lease of these entries ends and the dispatcher takes over
            log.warning("batch not put back", extra={"action": "batch_left_to_lease", "error": repr(error)[:200]})
        else:
            log.warning(
                reason,
                extra={"action": "batch_put_back", "lane": lane, "entries": failed, "error": repr(exception)[:200]},
            )

    return extract
