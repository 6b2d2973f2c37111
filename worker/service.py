"""Composition root of the service: settings -> what a worker process and a dispatcher run with; once a process."""

import gc
import os
import socket
from contextlib import suppress
from functools import cached_property

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from contracts.names import TASK
from worker.batch.process import ArticleProcessor
from worker.batch.runner import BatchRunner
from worker.bootstrap import build_pipeline
from worker.broker.connection import connect
from worker.dispatcher import Dispatcher
from worker.ledger.entries import Batch
from worker.ledger.queue_side import LedgerQueue
from worker.ledger.worker_side import LedgerHolder
from worker.pipeline.pipeline import Pipeline
from worker.results.exhausted import ExhaustedRejecter
from worker.results.publisher import ResultPublisher
from worker.retention.house import House
from worker.settings import Settings

PARENT_RETRIES = 1  # a worker's parent also keeps time for its children: it must not wait out an outage


class Worker:
    """What the task runs with. The parent opens the model before it forks, so that all children share its pages."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open_model(self) -> None:
        """Build the pipeline now, and keep what is loaded by now out of the garbage collector's way.

        A collection writes into every object that it looks at, and a page that a child writes to is no longer shared.
        """
        _ = self.pipeline
        gc.collect()
        gc.freeze()

    def connect(self) -> None:
        """Connect to the broker now; an outage is left to the first batch."""
        with suppress(RedisError):
            self.batches.holder.ping()

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline of this process, or the one that it was forked with."""
        return build_pipeline(self._settings)

    @cached_property
    def parent_holder(self) -> LedgerHolder:
        """The parent's hand on the ledger: it puts back what a lost child held."""
        return self._holder(connect(self._settings.redis_url, retries=PARENT_RETRIES))

    @cached_property
    def batches(self) -> BatchRunner:
        """The child's batch runner, with a connection of its own."""
        client = connect(self._settings.redis_url, name=f"worker:{this_process()}")
        return BatchRunner(
            holder=self._holder(client),
            publisher=_publisher(client, self._settings),
            process=ArticleProcessor(self.pipeline, self._settings.max_article_bytes),
            lease_s=self._settings.lease_s,
            article_timeout_s=self._settings.article_timeout_s,
        )

    def _holder(self, client: "Redis") -> LedgerHolder:
        return LedgerHolder(client, self._settings.names, me=this_process(), retry_base_s=self._settings.retry_base_s)


def build_dispatcher(settings: Settings, app: Celery) -> Dispatcher:
    """Build a dispatcher that sends through the app."""
    client = connect(settings.redis_url, name=f"dispatcher:{this_process()}")
    names = settings.names
    exhausted = ExhaustedRejecter(
        client,
        names,
        _publisher(client, settings),
        version=build_pipeline(settings).version,
        max_bytes=settings.max_article_bytes,
    )

    def send(batch: Batch) -> None:
        # argsrepr: Celery would put the arguments into the headers a second time, for a monitor that we do not run
        try:
            app.send_task(TASK, args=(batch.lane.value, batch.ids), argsrepr="-", kwargsrepr="-")
        except OperationalError as error:  # kombu's name for an outage; the batch comes back after its lease
            raise RedisConnectionError(str(error)) from error

    return Dispatcher(
        client,
        names,
        LedgerQueue(client, names, me=this_process(), lease_s=settings.lease_s),
        House(client, settings),
        send=send,
        reject=exhausted,
        settings=settings,
    )


def this_process() -> str:
    """Return who holds an entry, for a person to find: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _publisher(client: "Redis", settings: Settings) -> ResultPublisher:
    return ResultPublisher(client, settings.names, done_generation_s=settings.done_generation_s)
