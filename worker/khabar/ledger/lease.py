"""Keeps the lease of a running batch, however long it takes."""

import logging
import threading
from collections.abc import Sequence
from types import TracebackType

from redis.exceptions import RedisError

from khabar.broker.wording import describe_failure
from khabar.keys.names import Lane
from khabar.ledger.worker_side import LedgerHolder

log = logging.getLogger(__name__)


class Lease:
    """While the body runs, a thread renews the lease of these entries every third of it.

    Most batches end long before the first renewal; then the thread has done nothing but wait.
    """

    def __init__(self, holder: LedgerHolder, lane: Lane, ids: Sequence[str], *, lease_s: float) -> None:
        self._holder = holder
        self._lane = lane
        self._ids = ids
        self._every_s = lease_s / 3
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._over.wait(self._every_s):
            try:
                self._holder.renew(self._lane, self._ids)
            except RedisError as error:
                # The next third may succeed; if the lease is lost, settling finds out.
                log.warning(
                    "lease not renewed", extra={"action": "lease_not_renewed", "error": describe_failure(error)}
                )
