"""What Celery's transport needs to reach the same broker: URL and options, built in one place."""

from typing import Any

from broker.connection import ANSWER_S, sentinel_options
from contracts.broker_url import SentinelUrl, is_sentinel


def transport(url: str, prefix: str) -> tuple[str, dict[str, Any]]:
    """Return Celery's broker URL and its broker_transport_options.

    Args:
        url: the broker's, as in the settings.
        prefix: begins every key.
    """
    options: dict[str, Any] = {
        "global_keyprefix": prefix,
        # Messages carry ids; what was popped and lost is taken over from the ledger after its lease. So Celery's own
        # acknowledgements, which lose messages between two round trips and redeliver after an hour, are left out.
        "ack_emulation": False,
        "socket_timeout": ANSWER_S,  # a connection that was cut without a word is noticed
        "socket_keepalive": True,
        # An unanswered BRPOP is given up after 1 s and this: what a host that vanished without a word costs the workers.
        "health_check_interval": 3,
        "max_retries": 20,  # the default gives up after 0.6 s; these wait out some 20 s
        "interval_max": 1,
    }
    if not is_sentinel(url):
        return url, options
    parsed = SentinelUrl.parse(url)
    return parsed.for_kombu(), options | {"master_name": parsed.service, "sentinel_kwargs": sentinel_options(parsed)}
