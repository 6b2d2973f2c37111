"""Composition root of a worker: settings -> what its processes run with; once a process. The dispatcher's is in sending.py."""

import gc
import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property

from redis import Redis
from redis.exceptions import RedisError

from khabar.batch.helpers import Helpers
from khabar.batch.memory_limit import limit_memory
from khabar.batch.process import ArticleProcessor
from khabar.batch.runner import BatchRunner
from khabar.batch.time_limit import TimeLimits
from khabar.bootstrap import build_pipelines
from khabar.broker.connection import connect
from khabar.broker.patience import BRIEF, CHILD
from khabar.counting import Tally
from khabar.errors import NotInstalled
from khabar.host.identity import this_process
from khabar.keys.names import Lane
from khabar.ledger.worker_side import LedgerHolder
from khabar.pipeline.pipeline import Pipeline
from khabar.results.publisher import ResultPublisher
from khabar.settings import Settings
from khabar.spans import open_traces

log = logging.getLogger(__name__)


class Worker:
    """The state with which the task runs. The parent opens the model before it forks, so that all children share its pages.

    Args:
        on_work: called while an article uses the processor. A large article may take longer than the time after which a
            worker counts as stuck.
    """

    def __init__(self, settings: Settings, on_work: Callable[[], object] | None = None) -> None:
        self._settings = settings
        self._on_work = on_work
        self.is_looked_after = False  # whether the parent has its timer for dead children
        self._me = this_process()

    def open_model(self) -> None:
        """Build the pipelines now, and keep what is loaded by now out of the garbage collector's way.

        A collection writes into every object that it looks at, and a page that a child writes to is no longer shared.

        Raises:
            FarasaNotReady: Farasa's jars do not work here; children learn from this try when they answer.
        """
        _ = self.pipelines
        if self.helpers is not None:
            self.helpers.check()
        gc.collect()
        gc.freeze()

    def start_child(self) -> None:
        """Connect to the broker now; an outage is left to the first batch. From here on memory is limited."""
        self._me = f"{socket.gethostname()}:{os.getppid()}:{os.getpid()}"
        self.__dict__.pop("brief_holder", None)  # the parent's, where it had made one by now
        with suppress(RedisError), connect(self._settings.redis_url, BRIEF) as probe:
            probe.ping()
            self.batches.holder.ping()
        self._open_traces()
        limit_memory(self._settings.article_memory_mb << 20)

    def _open_traces(self) -> None:
        try:
            open_traces(self._settings.traces)
        except NotInstalled as error:  # no article waits for a trace
            log.warning(str(error), extra={"action": "no_traces"})

    @cached_property
    def pipelines(self) -> dict[Lane, Pipeline]:
        """The lanes' pipelines of this process, or those that it was forked with."""
        return build_pipelines(self._settings)

    @cached_property
    def helpers(self) -> Helpers | None:
        """The processes that the pipelines work with, each child's own; None where all is done in this one."""
        if not self._settings.uses_farasa_jars:
            return None
        return Helpers(self.pipelines, self._settings.max_article_bytes)

    @cached_property
    def brief_holder(self) -> LedgerHolder:
        """A hand on the ledger that waits for nothing: it puts back what a lost child held, or what this child cannot end."""
        return self._holder(connect(self._settings.redis_url, BRIEF))

    @cached_property
    def batches(self) -> BatchRunner:
        """The child's batch runner, with a connection of its own."""
        client = connect(self._settings.redis_url, CHILD, name=f"worker:{self._me}")
        tally = Tally()
        return BatchRunner(
            holder=self._holder(client),
            publisher=_publisher(client, self._settings),
            process=ArticleProcessor(self.pipelines, self._settings.max_article_bytes, tally),
            lease_s=self._settings.lease_s,
            allow=self._settings.allow,
            helpers=self.helpers,
            limits=TimeLimits(self._on_work),
            tally=tally,
        )

    def _holder(self, client: "Redis") -> LedgerHolder:
        return LedgerHolder(client, self._settings.names, me=self._me, retry_base_s=self._settings.retry_base_s)


def _publisher(client: "Redis", settings: Settings) -> ResultPublisher:
    return ResultPublisher(client, settings.names, done_generation_s=settings.done_generation_s)
