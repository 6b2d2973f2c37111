"""A real worker host whose pipeline does what a marker in an article says: dies, hangs, hoards memory, is slow.

`python -m tests.faults.faulty_worker` is `python -m khabar.host` with one class replaced, so khabar has no hook for tests.
An article that `marked()` has marked does it; every other one is extracted as always. Settings, in the environment:

    KHABAR_FAULT_RUNS     file to which each run of a marked article appends a line before anything happens; read by `runs()`
    KHABAR_FAULT_VERSION  added to the version of khabar that the pipeline says it has, for a rolling upgrade
"""

import ctypes
import itertools
import os
import re
import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import orjson

from khabar.bootstrap import build_engine
from khabar.extractors.registry import load
from khabar.host import service
from khabar.keys.names import Lane
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.laps import Laps
from khabar.pipeline.pipeline import Pipeline
from khabar.settings import Settings
from tests.articles import article

RUNS = "KHABAR_FAULT_RUNS"
VERSION = "KHABAR_FAULT_VERSION"
MARKER = re.compile(r"fault:([a-z_]+)(?::([0-9.]+))?")
HOARD_BYTES = 3 << 30  # above any sensible limit of a child, below what a test machine has
CHUNK_BYTES = 64 << 20


@dataclass(frozen=True)
class Run:
    """One run of a marked article.

    Attributes:
        at: seconds since 1970 at its start.
    """

    article: str
    fault: str
    pid: int
    at: float


def marked(number: int, fault: str, argument: float | None = None) -> dict[str, str]:
    """Return a numbered article that does `fault`, a key of FAULTS; `argument` are the seconds of `sleep`."""
    assert fault in FAULTS, fault
    made = article(number)
    marker = f"fault:{fault}" if argument is None else f"fault:{fault}:{argument}"
    return made | {"body": f"{made['body']} {marker}"}


def runs(path: Path) -> list[Run]:
    """Read what ran so far, in the order of the starts; a last line that is being written is left out."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [Run(**orjson.loads(line)) for line in lines]


def _exit(_: float) -> None:
    os._exit(9)


def _kill(_: float) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_host(_: float) -> None:
    """Take the parent along: nobody is left to say what happened."""
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _hang(_: float) -> None:
    while True:
        time.sleep(0.1)


def _hang_in_c(_: float) -> None:
    """Lock a lock twice: C code that waits for ever and takes up again after each signal; other threads run on."""
    mutex = ctypes.create_string_buffer(128)  # zeros are PTHREAD_MUTEX_INITIALIZER
    libc = ctypes.CDLL(None)
    libc.pthread_mutex_lock(mutex)
    libc.pthread_mutex_lock(mutex)


def _hang_with_gil(_: float) -> None:
    """Loop in C for ever with the interpreter's lock held: no signal handler and no other thread of Python runs."""
    deque(itertools.repeat(None), maxlen=0)


def _hoard(_: float) -> None:
    """Take gigabytes, every page of them written to; let go of them at the end."""
    hoard = [bytearray(b"\1") * CHUNK_BYTES for _ in range(HOARD_BYTES // CHUNK_BYTES)]
    hoard.clear()


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


def _raise(_: float) -> None:
    raise RuntimeError("a fault on purpose")


FAULTS: dict[str, Callable[[float], None]] = {
    "exit": _exit,
    "kill": _kill,
    "kill_host": _kill_host,
    "hang": _hang,
    "hang_in_c": _hang_in_c,
    "hang_with_gil": _hang_with_gil,
    "hoard": _hoard,
    "sleep": _sleep,
    "raise": _raise,
}


class FaultyPipeline:
    """The real pipeline behind a look for a marker."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self.version = pipeline.version

    def __call__(self, article: Article, laps: Laps | None = None) -> Record:
        """Do what the article's marker says, then return its record."""
        if found := MARKER.search(article.text):
            _note(Run(article.id, found[1], os.getpid(), time.time()))
            FAULTS[found[1]](float(found[2] or 0))
        return self._pipeline(article, laps)


class FaultyWorker(service.Worker):
    """What the task runs with, its pipelines faulty ones."""

    @cached_property
    def pipelines(self) -> dict[Lane, FaultyPipeline]:  # type: ignore[override]
        """The pipelines of this process."""
        return dict.fromkeys(Lane, FaultyPipeline(_build(self._settings)))


def _build(settings: Settings) -> Pipeline:
    full_version = version("khabar") + os.environ.get(VERSION, "")
    return Pipeline(build_engine(settings), load(settings.layers), settings.layers, version=full_version)


def _note(run: Run) -> None:
    if path := os.environ.get(RUNS):
        with Path(path).open("ab", buffering=0) as file:  # one write, so that lines of several processes stay whole
            file.write(orjson.dumps(asdict(run), option=orjson.OPT_APPEND_NEWLINE))


def main() -> None:
    """Run a worker host."""
    service.Worker = FaultyWorker  # type: ignore[misc]  # before khabar.host.app builds its own from it
    from khabar.host.__main__ import run_worker

    run_worker()


if __name__ == "__main__":
    main()
