"""The Celery app: every setting with its reason. The ledger carries the promise of delivery, Celery only executes."""

from celery import Celery

from khabar.host import queue_guard
from khabar.host.identity import this_process
from khabar.host.shutdown import QUICK_STOP_S
from khabar.host.transport import CELERY_CLIENT, transport
from khabar.settings import Settings


def create_app(settings: Settings) -> Celery:
    """Build the app of one deployment."""
    queue_guard.install()
    broker = transport(settings.redis_url, settings.prefix)
    app = Celery("khabar", broker=broker.url, set_as_current=False)
    app.conf.update(
        broker_use_ssl=broker.use_ssl,
        # Named, so that `khabar up` sees that its worker waits at the queue.
        broker_transport_options=broker.options | {"client_name": f"{CELERY_CLIENT}:{this_process()}"},
        task_acks_late=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker outlives any outage
        # A refusal that passes (READONLY in a failover, MISCONF, NOREPLICAS, OOM) is an outage like any other; without this
        # a worker that hears one exits, with code 0 (4 of 12 measured).
        broker_channel_error_retry=True,
        worker_consumer="khabar.host.consumer:PromptConsumer",
        task_publish_retry_policy={"max_retries": 20, "interval_start": 0.05, "interval_step": 0.1, "interval_max": 1},
        task_default_queue=settings.names.queue.removeprefix(settings.prefix),
        task_ignore_result=True,  # results go to the records stream; a result backend costs 330 us of CPU a task
        worker_prefetch_multiplier=1,  # a worker that dies takes as little as possible with it
        worker_enable_remote_control=False,  # no pidbox queues in the broker; `khabar status` reads the ledger
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_max_tasks_per_child=settings.max_tasks_per_child,
        worker_max_memory_per_child=settings.max_child_rss_kb,
        worker_concurrency=settings.children,
        # No task_time_limit: it would kill a batch that waits for an unreachable broker. Each article has a limit of its own.
        worker_soft_shutdown_timeout=QUICK_STOP_S,  # SIGQUIT lets running batches end
        accept_content=["json"],  # no pickle, ever
        task_serializer="json",
        result_accept_content=["json"],
    )
    return app
