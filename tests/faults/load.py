"""Producers that keep the ledger full, through any outage, until they are told to stop."""

import itertools
import threading
import time
from collections.abc import Callable

import orjson

from khabar.errors import BrokerError
from tests.faults.news import news
from tests.faults.stage import Stage

BATCH = 50
PATIENCE_S = 3_600.0  # a full ledger is the point of it


class Load:
    """A context manager; leaving it stops the producers, whose every article is then accepted.

    Args:
        ahead: articles that wait in the ledger.
        make: number -> article.

    Attributes:
        errors: what producers were told, with the time (monotonic) of each.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        producers: int = 2,
        ahead: int = 1_000,
        make: Callable[[int], dict[str, str]] = news,
    ) -> None:
        self.errors: list[tuple[float, BrokerError]] = []
        self._stage = stage
        self._ahead = ahead
        self._make = make
        self._numbers = itertools.count(len(stage.accepted))
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._produce, args=(f"producer-{number}",), daemon=True)
            for number in range(producers)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def errors_since(self, start: float) -> list[str]:
        """Return what producers were told since a time of time.monotonic()."""
        return [repr(error)[:200] for at, error in self.errors if at >= start]

    def _produce(self, name: str) -> None:
        history = self._stage.history
        with self._stage.publisher(batch=2 * BATCH, max_ledger=self._ahead, wait_s=PATIENCE_S) as publisher:
            while not self._stop.is_set():
                numbers = [next(self._numbers) for _ in range(BATCH)]
                names = [f"test-{number}" for number in numbers]
                history.note(name, "invoke", "push", names)
                for number in numbers:
                    publisher.add(orjson.dumps(self._make(number)))
                while True:
                    try:
                        publisher.flush()
                        break
                    except BrokerError as error:  # the batch is kept: the next flush tries it again
                        self.errors.append((time.monotonic(), error))
                        if self._stop.wait(0.2):
                            history.note(name, "info", "push", names, error=type(error).__name__)
                            return
                self._stage.accepted += names
                history.note(name, "ok", "push", names)
