"""`python -m khabar.host` runs a worker host; `python -m khabar.host dispatch` runs a dispatcher."""

import logging
import signal
import sys
import threading
from contextlib import suppress
from typing import NoReturn

from redis.exceptions import RedisError

from khabar.broker.connection import connect
from khabar.broker.durability import check, refusal
from khabar.broker.patience import BRIEF
from khabar.broker.slots import cluster_refusal
from khabar.errors import BrokerRefused, Exit
from khabar.farasa_jars.errors import FarasaNotReady
from khabar.host.celery_app import create_app
from khabar.host.sending import build_dispatcher
from khabar.logs import configure_logs
from khabar.settings import Settings, load_settings

log = logging.getLogger("worker")


def require_usable_broker(settings: Settings) -> None:
    """Refuse a broker that forgets our keys or spreads them over a cluster.

    The service waits for a broker that is unreachable, and each dispatcher checks it again.
    """
    with suppress(RedisError), connect(settings.redis_url, BRIEF) as client:
        if reason := cluster_refusal(client, settings.prefix):
            _refuse(f"{reason}.")
        if settings.accept_forgetful_broker:
            return
        if reason := refusal(check(client)):
            _refuse(reason)


def _refuse(reason: str) -> NoReturn:
    sys.stderr.write(f"khabar: {reason}\n")
    sys.exit(Exit.NO_BROKER)


def run_worker() -> None:
    """Run Celery's worker."""
    # Here: a dispatcher needs neither the task nor the models.
    from khabar.host.app import app, settings

    require_usable_broker(settings)
    app.worker_main(["worker"])


def run_dispatcher() -> None:
    """Run a dispatcher until SIGTERM or SIGINT."""
    settings = load_settings()
    configure_logs(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("dispatcher starts", extra={"action": "dispatcher_started"})
    try:
        dispatcher = build_dispatcher(settings, create_app(settings))
    except FarasaNotReady as error:
        sys.stderr.write(f"khabar: {error}\n")
        sys.exit(Exit.USAGE)
    try:
        dispatcher.run(stop)
    except BrokerRefused as error:
        _refuse(str(error))
    log.info("dispatcher stopped", extra={"action": "dispatcher_stopped"})


def main() -> None:
    """Choose by the one argument."""
    match sys.argv[1:]:
        case []:
            run_worker()
        case ["dispatch"]:
            run_dispatcher()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
