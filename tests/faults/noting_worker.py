"""A worker host that notes every run of an article, and takes long over those with a mark in their text.

The production app with another Worker: nothing in khabar knows of it. `python -m tests.faults.noting_worker` runs it, with
KHABAR_FAULT_RUNS (a file, a line for each run) and KHABAR_FAULT_SLOW_S (seconds) in its environment.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import khabar.host.service
from khabar.batch.runner import BatchRunner
from khabar.ledger.entries import Begun
from khabar.results.outcome import Outcome

MODULE = "tests.faults.noting_worker"
MARK = "#بطيء_جدا"


@dataclass(frozen=True)
class NotingProcess:
    """Notes the entry, then does what is really done."""

    process: Callable[[Begun], Outcome]
    runs: Path
    slow_s: float

    def __call__(self, begun: Begun) -> Outcome:
        """Run one attempt."""
        with self.runs.open("a") as file:  # one small write, appended as a whole
            file.write(f"{begun.id}\n")
        if begun.article and MARK.encode() in begun.article:
            time.sleep(self.slow_s)
        return self.process(begun)


class NotingWorker(khabar.host.service.Worker):
    """The worker with a NotingProcess around its own."""

    @cached_property
    def batches(self) -> BatchRunner:
        """The child's batch runner."""
        runner = super().batches
        runs, slow_s = Path(os.environ["KHABAR_FAULT_RUNS"]), float(os.environ.get("KHABAR_FAULT_SLOW_S", "0"))
        return replace(runner, process=NotingProcess(runner.process, runs, slow_s))


def runs(path: Path) -> Counter[str]:
    """Return how often each entry was run."""
    return Counter(path.read_text().splitlines())


if __name__ == "__main__":
    khabar.host.service.Worker = NotingWorker  # type: ignore[misc]  # before khabar.host.app builds the app with it
    from khabar.host.__main__ import run_worker

    run_worker()
