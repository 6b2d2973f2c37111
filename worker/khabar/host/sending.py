"""Composition root of a dispatcher: settings -> what it runs with."""

import os

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError

from khabar.broker.connection import connect
from khabar.broker.patience import DISPATCHER
from khabar.dispatcher import Dispatcher
from khabar.host.identity import this_process
from khabar.host.queue_guard import FIRST
from khabar.keys.names import TASK, Lane
from khabar.ledger.entries import Batch
from khabar.ledger.queue_side import LedgerQueue
from khabar.liveness.processes import Role
from khabar.liveness.pulse import open_pulse
from khabar.results.exhausted import ExhaustedRejecter
from khabar.results.publisher import ResultPublisher
from khabar.retention.house import House
from khabar.settings import Settings


def build_dispatcher(settings: Settings, app: Celery) -> Dispatcher:
    """Build a dispatcher that sends through the app.

    Raises:
        FarasaNotReady: Java or the jars, which the settings ask for, are missing or were not accepted.
    """

    def versions() -> dict[Lane, str]:
        from khabar.bootstrap import build_pipelines  # here: a dispatcher that gives no article up needs no model

        return {lane: pipeline.version for lane, pipeline in build_pipelines(settings).items()}

    if settings.uses_farasa_jars:
        versions()
    client = connect(settings.redis_url, DISPATCHER, name=f"dispatcher:{this_process()}")
    names = settings.names
    exhausted = ExhaustedRejecter(
        client,
        names,
        ResultPublisher(client, names, done_generation_s=settings.done_generation_s),
        versions=versions,
        max_bytes=settings.max_article_bytes,
    )

    def send(batch: Batch) -> None:
        # argsrepr: Celery would put the arguments into the headers a second time, for a monitor that we do not run
        try:
            priority = FIRST if batch.goes_first else None
            app.send_task(TASK, args=(batch.lane.value, batch.ids), argsrepr="-", kwargsrepr="-", priority=priority)
        except OperationalError as error:  # kombu's name for an outage; the batch comes back after its lease
            raise RedisConnectionError(str(error)) from error

    return Dispatcher(
        client,
        names,
        LedgerQueue(client, names, me=this_process(), lease_s=settings.lease_s, lead_batches=settings.lead_batches),
        House(client, settings),
        pulse=open_pulse(settings.redis_url, names, Role.DISPATCHER, os.getpid()),
        send=send,
        reject=exhausted,
        settings=settings,
    )
