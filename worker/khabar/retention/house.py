"""The dispatcher's house-keeping. Any number of dispatchers may do it at once: each step is one script."""

import logging
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from khabar.broker.wording import describe_failure
from khabar.keys.names import Lane
from khabar.ledger.stranded import Stranded
from khabar.retention.changes import Change
from khabar.retention.dead import DeadRetention
from khabar.retention.group import Group
from khabar.retention.groups import GroupRegistry
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
        "a consumer group was created again, not attached: its creator chose where it begins",
    ),
}


class House:
    """A dispatcher's other work: it trims, watches the consumer groups, and sweeps stale consumers."""

    def __init__(self, client: "Redis", settings: Settings) -> None:
        names = settings.names
        self._retention = Retention(
            client,
            names,
            max_records=settings.max_records,
            max_memory_share=settings.max_memory_share,
            full_memory_share=settings.full_memory_share,
        )
        self._registry = GroupRegistry(client, names, dead_s=settings.group_dead_s)
        self._sweeper = Sweeper(client, names)
        self._stranded = Stranded(client, names, me="stranded")
        self._dead = DeadRetention(client, names, max_dead=settings.max_dead, dead_days=settings.dead_days)
        self._dead_is_nearly_full = False
        self._next_sync = self._next_sweep = 0.0

    def keep(self) -> None:
        """Do what is due; called once a second.

        Raises:
            redis.RedisError: the broker is unreachable.
        """
        self._retention.trim()
        now = time.monotonic()
        if now >= self._next_sync:
            self._next_sync = now + SYNC_EVERY_S
            _optional(self._watch)
            _optional(self._trim_dead)
            _optional(self._bring_back)
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

    def _trim_dead(self) -> None:
        trimmed = self._dead.trim()
        if trimmed.dropped:
            log.warning(
                "dead letters dropped: too many (KHABAR_MAX_DEAD) or too old (KHABAR_DEAD_DAYS)",
                extra={"action": "dead_dropped", "dropped": trimmed.dropped},
            )
        is_nearly_full = self._dead.is_nearly_full(trimmed.letters)
        if is_nearly_full and not self._dead_is_nearly_full:
            log.warning(
                "dead letters near KHABAR_MAX_DEAD; the oldest will be dropped: see khabar dead list, requeue or drop them",
                extra={"action": "dead_nearly_full", "letters": trimmed.letters},
            )
        self._dead_is_nearly_full = is_nearly_full

    def _bring_back(self) -> None:
        for lane in Lane:
            if found := self._stranded.bring_back(lane):
                log.warning(
                    "articles that nobody held are brought back: somebody has deleted a consumer of the ledger's group, "
                    "read in its name without acknowledging, or created it at the end",
                    extra={"action": "stranded_brought_back", "lane": lane, "entries": found},
                )

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
    """Run a step without which articles still pass: a refusal of the broker is logged, and dispatching continues."""
    try:
        step()
    except RedisError as error:
        if not isinstance(error, ResponseError):
            raise
        log.warning(
            "house-keeping refused", extra={"action": "house_keeping_refused", "error": describe_failure(error)}
        )
    except Exception:  # what somebody has put into the registry must not end a dispatcher
        log.exception("house-keeping failed", extra={"action": "house_keeping_failed"})
