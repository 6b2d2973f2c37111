"""The worker's Celery app, with its task, built at import as Celery wants it. A dispatcher, which only sends, does without."""

# ruff: noqa: E402
from khabar.entities.one_thread import keep_process_to_one_thread

keep_process_to_one_thread()  # whoever imports the app is a worker, and what is imported below loads numpy

from celery.signals import setup_logging

from khabar.host.celery_app import create_app
from khabar.host.heartbeat import Heartbeat
from khabar.host.service import Worker
from khabar.host.shutdown import limit_shutdown
from khabar.host.tasks import register_tasks
from khabar.logs import configure_logs
from khabar.settings import load_settings

settings = load_settings()
app = create_app(settings)
heartbeat = Heartbeat(settings)
register_tasks(app, Worker(settings, on_work=heartbeat.batch_ended))
heartbeat.register()
limit_shutdown()


@setup_logging.connect(weak=False)
def _logs(**_: object) -> None:
    configure_logs(settings.log_level)
