"""The Celery app: every setting with its reason. The ledger carries the promise of delivery, Celery only executes."""

from celery import Celery
from celery.signals import setup_logging

from worker import queue_guard
from worker.broker.celery_url import for_celery
from worker.logs import configure_logs
from worker.service import Worker
from worker.settings import Settings, load_settings
from worker.tasks import register_tasks


def create_app(settings: Settings) -> Celery:
    """Build the app of one deployment."""
    queue_guard.install()
    broker = for_celery(settings.redis_url)
    app = Celery("khabar", broker=broker.url, set_as_current=False)
    app.conf.update(
        broker_use_ssl=broker.use_ssl,
        # Messages carry ids; what was popped and lost is taken over from the ledger after its lease. So Celery's own
        # acknowledgements, which lose messages between two round trips and redeliver after an hour, are left out.
        broker_transport_options={
            "global_keyprefix": settings.prefix,
            "ack_emulation": False,
            "priority_steps": [0],  # one list; kombu's other three would be four keys to watch, and to permit
            "socket_timeout": 10,  # a connection that was cut without a word is noticed
            "socket_keepalive": True,
            "health_check_interval": 10,
            "max_retries": 20,  # the default gives up after 0.6 s; these wait out some 20 s
            "interval_max": 1,
        }
        | broker.options,
        task_acks_late=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker outlives any outage
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
        # For what time_limit() cannot stop, a loop in C: a batch's fellows are fast, so one article's limit and some.
        task_time_limit=settings.article_timeout_s * 1.5 + 0.1 * settings.batch_articles,
        worker_soft_shutdown_timeout=10,  # SIGQUIT lets running batches end
        accept_content=["json"],  # no pickle, ever
        task_serializer="json",
        result_accept_content=["json"],
    )
    return app


settings = load_settings()
app = create_app(settings)
register_tasks(app, Worker(settings))


@setup_logging.connect(weak=False)
def _logs(**_: object) -> None:
    configure_logs(settings.log_level)
