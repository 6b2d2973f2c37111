"""Make the shards of an archive in several processes: each takes the next free shard and reports its progress."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final, cast

from khabar.archive.making import Busy, Maker, Unread
from khabar.archive.manifest import Making
from khabar.archive.outcomes import Outcome, outcome_of
from khabar.archive.shards import Shard
from khabar.bootstrap import build_pipeline
from khabar.errors import KhabarError
from khabar.library import OpenPipeline
from khabar.settings import Settings, load_settings
from khabar.sources.base import Source
from khabar.sources.items import Item
from khabar.sources.opening import open_source
from khabar.sources.shape import Shape

TELL_S: Final = 0.5  # seconds between two reports of a process; it also notices this soon that its parent has died


@dataclass(frozen=True)
class Job:
    """The task that every process gets.

    Attributes:
        shards: in the order in which they are tried.
        output: the folder of the results.
        form: format of the files of records.
        format, encoding, fields, items: how to read the input, as `open_source` and `Shape` take them.
        began_ns: start of the run, in nanoseconds since 1970.
    """

    shards: Sequence[Shard]
    output: Path
    form: str
    format: str | None = None
    encoding: str = "utf-8"
    fields: tuple[tuple[str, str], ...] = ()
    items: str | None = None
    began_ns: int = field(default_factory=time.time_ns)

    def making(self, pipeline_version: str) -> Making:
        """Return everything besides the input that decides the bytes of the results."""
        named = [self.format or "", "" if self.encoding == "utf-8" else self.encoding, self._shape().key]
        return Making(pipeline=pipeline_version, form=self.form, reading=" ".join(filter(None, named)))

    def maker(self, pipeline: OpenPipeline, max_bytes: int, tell: Callable[[Outcome, int], None]) -> Maker:
        """Return the Maker of the shards."""

        def opened(path: Path) -> Source:
            return open_source(path, format=self.format, encoding=self.encoding, shape=self._shape())

        def extracted(item: Item) -> Outcome:
            return outcome_of(item.raw, pipeline.judge, pipeline.version, error=item.error)

        return Maker(
            self.output, self.making(pipeline.version), opened, extracted, max_bytes, tell, began_ns=self.began_ns
        )

    def _shape(self) -> Shape:
        return Shape(self.fields, self.items)


@dataclass
class Told:
    """One report of a process, about the time since its previous report.

    Attributes:
        records, rejections: numbers made since then.
        shards: names of the shards finished since then.
        read_bytes: bytes read of the current shard's input.
        unread: name of each shard without a result -> the reason.
        fault: why the process ends early; None while it works.
    """

    records: int = 0
    rejections: int = 0
    shards: list[str] = field(default_factory=list)
    read_bytes: int = 0
    unread: dict[str, str] = field(default_factory=dict)
    fault: str | None = None


def run(job: Job, processes: int) -> Iterator[tuple[int, Told]]:
    """Make the shards; yield the number of a process with each of its reports.

    If the caller stops iterating, the processes are terminated; the next run makes the unfinished shards.
    """
    context = multiprocessing.get_context("spawn")  # the children inherit no thread, lock or connection
    ends: dict[Any, int] = {}
    children = []
    try:
        for number in range(processes):
            ours, theirs = context.Pipe(duplex=False)
            child = context.Process(target=_work, args=(job, theirs), daemon=True)
            child.start()
            theirs.close()
            ends[ours] = number
            children.append(child)
        while ends:
            for end in cast("list[Any]", wait(list(ends))):
                try:
                    yield ends[end], end.recv()
                except (EOFError, OSError):
                    number = ends.pop(end)
                    children[number].join()
                    if code := children[number].exitcode:
                        how = f"by signal {-code}" if code < 0 else f"with {code}"
                        yield number, Told(fault=f"a process ended {how}; run the same command again to continue")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.join()


def _work(job: Job, parent: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the parent terminates this process
    told = _Teller(parent)
    try:
        with OpenPipeline(build_pipeline(settings := load_settings())) as pipeline:
            _make_all(job, pipeline, settings, told)
    except BrokenPipeError:  # the parent has died
        os._exit(1)
    except OSError as error:
        told.end(f"{error.filename or job.output}: {error.strerror or error}; run the same command again to continue")
    except KhabarError as error:
        told.end(f"{error}; run the same command again to continue")


def _make_all(job: Job, pipeline: OpenPipeline, settings: Settings, told: "_Teller") -> None:
    make = job.maker(pipeline, settings.max_article_bytes, told.outcome).make
    busy: list[Shard] = []
    for shard in job.shards:
        _make(partial(make, shard), shard, told, busy)
    for shard in busy:  # the process that worked on it may have died
        _make(partial(make, shard, wait=True), shard, told, [])
    told.now()


def _make(make: Callable[[], object], shard: Shard, told: "_Teller", busy: list[Shard]) -> None:
    try:
        make()
    except Busy:
        busy.append(shard)
    except Unread as error:
        told.told.unread[shard.name] = str(error)
    else:
        told.shard(shard)


class _Teller:
    """Reports to the parent, at most twice a second, and at the end of each shard."""

    def __init__(self, parent: Connection) -> None:
        self._parent = parent
        self._due_at = 0.0
        self.told = Told()

    def outcome(self, outcome: Outcome, read_bytes: int) -> None:
        """Count an outcome, and report if it is time."""
        self.told.records += outcome.is_record
        self.told.rejections += not outcome.is_record
        self.told.read_bytes = read_bytes
        if time.monotonic() >= self._due_at:
            self.now()

    def shard(self, shard: Shard) -> None:
        """Report that a shard is finished."""
        self.told.shards.append(shard.name)
        self.told.read_bytes = 0
        self.now()

    def end(self, fault: str) -> None:
        """Report why this process ends early."""
        self.told.fault = fault
        self.now()

    def now(self) -> None:
        """Send the report and begin a new one.

        Raises:
            BrokenPipeError: the parent has died.
        """
        read_bytes = self.told.read_bytes
        self._parent.send(self.told)
        self.told = Told(read_bytes=read_bytes)
        self._due_at = time.monotonic() + TELL_S
