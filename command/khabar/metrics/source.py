"""The figures of an endpoint: it looks at the broker at most once a second, however often it is asked."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from prometheus_client.core import CollectorRegistry, GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from khabar.broker.connection import connect
from khabar.broker.patience import BRIEF
from khabar.broker.wording import describe_failure
from khabar.liveness.processes import Role
from khabar.liveness.rules import Health, judge
from khabar.metrics.deployment import Look, deployment_metrics
from khabar.settings import Settings
from khabar.status import read_state

LOOK_EVERY_S = 1.0


class Source:
    """The figures of a deployment and of this host.

    With several ledgers, each figure of a ledger has the label `ledger`: 1, 2, and so on. With one ledger there is no label.

    Args:
        ledgers: settings of each ledger.
        host_metrics: the metrics of this host, asked for at each scrape.
        role: the only role that runs here; health then covers only this role on this host, as in a container's check.
    """

    def __init__(
        self, ledgers: Sequence[Settings], host_metrics: Callable[[], Iterable[Metric]], *, role: Role | None = None
    ) -> None:
        self._host_metrics = host_metrics
        self._ledgers = [_Ledger(settings, role) for settings in ledgers]

    def metrics(self) -> CollectorRegistry:
        """Return what Prometheus' encoders take."""
        return _Registry([*self._of_ledgers(), *self._host_metrics()])

    def health(self) -> tuple[bool, str]:
        """Return whether articles can pass here on all ledgers, and `well` or why not."""
        reasons = []
        for number, ledger in enumerate(self._ledgers, 1):
            is_well, reason = ledger.health()
            if not is_well:
                reasons.append(f"ledger {number}: {reason}" if len(self._ledgers) > 1 else reason)
        return not reasons, "; ".join(reasons) or "well"

    def close(self) -> None:
        """Let go of the connections."""
        for ledger in self._ledgers:
            ledger.close()

    def _of_ledgers(self) -> Iterable[Metric]:
        if len(self._ledgers) == 1:
            return self._ledgers[0].metrics()
        families: dict[str, Metric] = {}
        for number, ledger in enumerate(self._ledgers, 1):
            for family in ledger.metrics():
                samples = [each._replace(labels={"ledger": str(number)} | dict(each.labels)) for each in family.samples]
                family.samples = []
                families.setdefault(family.name, family).samples += samples
        return families.values()


class _Ledger:
    """One ledger: one look a second at most."""

    def __init__(self, settings: Settings, role: Role | None) -> None:
        self._settings = settings
        self._role = role
        self._host = socket.gethostname()
        self._client = connect(settings.redis_url, BRIEF, name=f"metrics:{self._host}:{os.getpid()}")
        self._turn = threading.Lock()
        self._looked_at = -LOOK_EVERY_S
        self._look: Look | str = "not looked yet"

    def health(self) -> tuple[bool, str]:
        look = self._now()
        if isinstance(look, str):
            return False, look
        return look.verdict.health is Health.WELL, look.verdict.reason or "well"

    def metrics(self) -> Iterator[Metric]:
        look = self._now()
        yield broker_up(isinstance(look, Look))
        if isinstance(look, Look):
            yield from deployment_metrics(look, self._settings)

    def close(self) -> None:
        self._client.close()

    def _now(self) -> Look | str:
        with self._turn:
            if time.monotonic() >= self._looked_at + LOOK_EVERY_S:
                self._look = self._ask()
                self._looked_at = time.monotonic()
            return self._look

    def _ask(self) -> Look | str:
        settings, here = self._settings, self._host if self._role else None
        try:
            asked_at = time.perf_counter()
            self._client.ping()
            ping_s = time.perf_counter() - asked_at
            state = read_state(self._client, settings.names, group_dead_s=settings.group_dead_s)
        except RedisError as error:
            with suppress(RedisError):  # a connection that is half way through an answer is of no use
                self._client.close()
            return f"the broker: {describe_failure(error)}"
        return Look(state, judge(state.processes, stall_s=settings.stall_s, role=self._role, host=here), ping_s)


def broker_up(is_up: bool) -> Metric:
    """Return the metric that is there even when the broker is not."""
    return GaugeMetricFamily("khabar_broker_up", "1 where the broker answers this host.", value=is_up)


class _Registry(CollectorRegistry):
    """Metrics that were collected before, for encoders ask for a registry."""

    def __init__(self, metrics: list[Metric]) -> None:
        super().__init__()
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """Give them out."""
        yield from self._metrics
