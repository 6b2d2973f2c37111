"""Settings with which Celery's transport reaches the same broker: URL, TLS and options, built in one place."""

from dataclasses import replace
from typing import Any

from khabar.broker.connection import sentinel_options
from khabar.broker.patience import ANSWER_S
from khabar.broker.url import SentinelUrl, is_sentinel
from khabar.host.celery_url import CeleryBroker, for_celery

CELERY_CLIENT = "queue"  # begins the name of Celery's connections in CLIENT LIST; host and process id follow


def transport(url: str, prefix: str) -> CeleryBroker:
    """Return Celery's settings of the broker.

    Args:
        url: the broker's, as in the settings.
        prefix: begins every key.

    Raises:
        ValueError: the URL is not valid.
    """
    broker = _for_sentinels(SentinelUrl.parse(url)) if is_sentinel(url) else for_celery(url)
    options: dict[str, Any] = {
        "global_keyprefix": prefix,
        # Messages carry ids; what was popped and lost is taken over from the ledger after its lease. So Celery's own
        # acknowledgements, which lose messages between two round trips and redeliver after an hour, are left out.
        "ack_emulation": False,
        "priority_steps": [0],  # one list; kombu's other three would be four keys to watch, and to permit
        "socket_timeout": ANSWER_S,  # a connection that was cut without a word is noticed
        "socket_keepalive": True,
        # An unanswered BRPOP is given up after 1 s and this: what a host that vanished without a word costs the workers.
        "health_check_interval": 3,
        "max_retries": 20,  # the default gives up after 0.6 s; these wait out about 20 s
        "interval_max": 1,
    }
    return replace(broker, options=options | broker.options)


def _for_sentinels(url: SentinelUrl) -> CeleryBroker:
    options = {"master_name": url.service, "sentinel_kwargs": sentinel_options(url)}
    return CeleryBroker(url.for_kombu(), None, options)
