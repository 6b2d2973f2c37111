"""The one Celery task, and what happens to a batch whose process died."""

import sys
from typing import Any

from celery import Celery, Task
from celery.exceptions import WorkerLostError
from celery.signals import task_failure, worker_init, worker_process_init, worker_process_shutdown, worker_ready
from celery.utils.log import get_task_logger
from redis.exceptions import RedisError

from khabar.batch.time_limit import TIMED_OUT
from khabar.broker.wording import describe_failure
from khabar.errors import Code
from khabar.farasa_jars.errors import FarasaNotReady
from khabar.host.service import Worker
from khabar.keys.names import TASK, Lane
from khabar.ledger.entries import Failure
from khabar.spans import close_traces

log = get_task_logger(__name__)

INVALID_SETTINGS = 2  # the exit code of the `khabar` command for them
LOOK_AFTER_CHILDREN_S = 0.5  # Celery does so each 5 s, and misses some deaths in between


def why(exception: BaseException) -> tuple[Code, str]:
    """Say what ended a batch before its end."""
    if TIMED_OUT.name in str(exception):
        return Code.TIMED_OUT, "its process was ended at the hard time limit"
    if isinstance(exception, WorkerLostError):
        return Code.WORKER_LOST, f"its process was lost ({str(exception).partition(' Job:')[0]})"
    return Code.WORKER_LOST, "its batch could not be brought to its end"


def register_tasks(app: Celery, worker: Worker) -> "Task[[str, list[str]], None]":
    """Add the task to the app; `worker` is what it runs with, built once a process."""

    @app.task(name=TASK)
    def extract(lane: str, ids: list[str]) -> None:
        """Extract a batch: ledger entries in, outcomes out."""
        worker.batches.run(Lane(lane), ids)

    @worker_init.connect(weak=False)
    def open_model(**_: Any) -> None:
        try:
            worker.open_model()
        except FarasaNotReady as error:  # Celery would log any Exception of a signal's receiver, and continue
            sys.stderr.write(f"khabar: {error}\n")
            raise SystemExit(INVALID_SETTINGS) from None

    @worker_process_init.connect(weak=False)
    def start_child(**_: Any) -> None:
        # Here and not in the parent, for a connection must not be shared; nor while the first article waits.
        worker.start_child()

    @worker_process_shutdown.connect(weak=False)
    def end_child(**_: Any) -> None:
        close_traces()

    @worker_ready.connect(weak=False)
    def look_after_children(sender: Any, **_: Any) -> None:
        """The articles of a child that died wait until its death is noticed."""
        if not worker.is_looked_after:  # ready again after each outage; the timer outlives them
            worker.is_looked_after = True
            sender.hub.call_repeatedly(LOOK_AFTER_CHILDREN_S, sender.pool.maintain_pool)

    @task_failure.connect(sender=extract, weak=False)
    def put_back(args: tuple[str, list[str]], exception: BaseException, **_: Any) -> None:
        """Called in the parent when a child was lost or timed out, in the child when it could not end its batch."""
        lane, ids = args
        code, reason = why(exception)
        try:
            if isinstance(exception, RedisError):  # of the broker's, which is no article's fault
                reason = "the broker refuses the batch"
                held = worker.brief_holder.give_back(Lane(lane), ids)
            else:
                held = worker.brief_holder.fail(
                    Lane(lane), ids, Failure(code, f"{reason} ({type(exception).__name__})", "worker")
                )
        except Exception as error:  # broker away: the lease of these entries ends and the dispatcher takes over
            log.warning("batch not put back", extra={"action": "batch_left_to_lease", "error": describe_failure(error)})
        else:
            log.warning(
                reason,
                extra={
                    "action": "batch_put_back",
                    "lane": lane,
                    "entries": held,
                    "error": describe_failure(exception),
                },
            )

    return extract
