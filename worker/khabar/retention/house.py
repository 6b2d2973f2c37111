"""The dispatcher's house-keeping. Any number of dispatchers may do it at once: each step is one script."""

import logging
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from khabar.retention.groups import Change, Group, GroupRegistry
from khabar.retention.sweep import Sweeper
from khabar.retention.trim import Retention
from khabar.settings import Settings

log = logging.getLogger(__name__)

SYNC_EVERY_S = 10.0  # small beside the time after which a group is dead
SWEEP_EVERY_S = 60.0  # small beside the time after which a consumer is swept

MESSAGES = {
    Change.MET: (logging.INFO, "a consumer group is new"),
    Change.DEAD: (
        logging.WARNING,
        "a consumer group is dead: its records are kept, reading stops when they fill; start its consumer or see khabar groups",
    ),
    Change.BACK: (logging.INFO, "a consumer group is back"),
    Change.GONE: (logging.WARNING, "a consumer group is gone, and nobody has detached it; nothing is kept for it"),
    Change.REMADE: (
        logging.WARNING,
        "a consumer group was created anew, not attached: where it begins is its creator's choice",
    ),
}


class House:
    """What a dispatcher does beside dispatching: trim, watch the consumer groups, sweep stale consumers."""

    def __init__(self, client: "Redis", settings: Settings) -> None:
        names = settings.names
        self._retention = Retention(
            client, names, max_records=settings.max_records, max_memory_share=settings.max_memory_share
        )
        self._registry = GroupRegistry(client, names, dead_s=settings.group_dead_s)
        self._sweeper = Sweeper(client, names)
        self._next_sync = self._next_sweep = 0.0

    def keep(self) -> None:
        """Do what is due; called once a second.

        Raises:
            redis.RedisError: the broker is away.
        """
        self._retention.trim()
        now = time.monotonic()
        if now >= self._next_sync:
            self._next_sync = now + SYNC_EVERY_S
            _optional(self._watch)
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_EVERY_S
            _optional(self._sweep)

    def full(self) -> str | None:
        """Say why nothing more should be read from the ledger, or None."""
        return self._retention.full()

    def _watch(self) -> None:
        for change, group in self._registry.sync(alert=True):
            level, message = MESSAGES[change]
            log.log(level, message, extra={"action": change.value} | _facts(group))

    def _sweep(self) -> None:
        if swept := self._sweeper.ledger_consumers():
            log.info("stale consumers deleted", extra={"action": "consumers_swept", "consumers": len(swept)})


def _facts(group: Group) -> dict[str, object]:
    return {
        "group": group.name,
        "unread": group.unread,
        "unacknowledged": group.unacknowledged,
        "idle_s": round(group.idle_s),
        "policy": group.policy.value,
    }


def _optional(step: Callable[[], None]) -> None:
    """Run a step without which articles still pass: a refusal of the broker is logged, and dispatching goes on."""
    try:
        step()
    except RedisError as error:
        if not isinstance(error, ResponseError):
            raise
        log.warning("house-keeping refused", extra={"action": "house_keeping_refused", "error": repr(error)[:200]})
    except Exception:  # what somebody has put into the registry must not end a dispatcher
        log.exception("house-keeping failed", extra={"action": "house_keeping_failed"})
