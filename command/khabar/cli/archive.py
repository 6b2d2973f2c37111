"""`khabar extract --shards`: an archive into a folder, with progress, and its manifest at the end."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from khabar.archive.files import check_form
from khabar.archive.making import is_unchanged, locked, tidy
from khabar.archive.manifest import MANIFEST, Making, ShardManifest, shard_manifest, summed, write_manifest
from khabar.archive.running import Job, Told, run
from khabar.archive.shards import Shard
from khabar.bootstrap import build_pipeline
from khabar.cli.visible import cell
from khabar.errors import CommandError, Exit
from khabar.settings import load_settings

SAY_EVERY_S: Final = 30.0  # where there is no terminal
SHOWN_UNREAD: Final = 5


def extract_shards(job: Job, all_shards: Sequence[Shard], processes: int) -> None:
    """Make a runner's shards.

    Args:
        job: its shards are those of this runner.
        all_shards: of the archive.
        processes: to use.

    Raises:
        CommandError: the folder holds something else, a shard cannot be read, or the machine has failed.
    """
    check_form(job.form)
    making = job.making(build_pipeline(load_settings()).version)  # it also converts the model, once for all processes
    job.output.mkdir(parents=True, exist_ok=True)
    there = _there(job, all_shards, making)
    console = Console(stderr=True)
    tally = Tally(job.shards, there)
    tally.say(console)
    if left := [shard for shard in job.shards if shard.name not in there]:
        try:
            with Shown(console, tally) as shown:
                for number, told in run(replace(job, shards=left), min(processes, len(left))):
                    tally.take(number, told)
                    shown.update()
        except KeyboardInterrupt:
            tally.say(console)
            console.print("stopped; run the same command again to continue", highlight=False)
            raise
        tally.say(console)
    for name, why in list(tally.unread.items())[:SHOWN_UNREAD]:
        console.print(cell(f"not read: {name}: {why}"), soft_wrap=True)
    if tally.faults:
        raise CommandError(tally.faults[0], Exit.FAILED)
    faults = _write_manifest(job, all_shards, making, console)
    if tally.unread or faults:
        unread = [*tally.unread, *faults]
        shown_names = ", ".join(unread[:SHOWN_UNREAD])
        raise CommandError(
            f"{_shards(len(unread))} could not be read to the end ({shown_names}); run the same command again after you have "
            "repaired the input",
            Exit.UNREADABLE,
        )
    if tally.rejections and not tally.records and not there:
        raise CommandError(f"every article was rejected; {job.output} says why", Exit.ALL_REJECTED)


class Tally:
    """Progress over a runner's shards.

    Args:
        shards: of the runner.
        there: names of the shards that were made before.
    """

    def __init__(self, shards: Sequence[Shard], there: set[str]) -> None:
        self._bytes = {shard.name: shard.size_bytes for shard in shards}
        self.done = {name for name in there if name in self._bytes}
        self._before_bytes = sum(self._bytes[name] for name in self.done)
        self._at: dict[int, int] = {}
        self._began = time.monotonic()
        self.records = self.rejections = 0
        self.unread: dict[str, str] = {}
        self.faults: list[str] = []

    def take(self, number: int, told: Told) -> None:
        """Take in what a process has told."""
        self.records += told.records
        self.rejections += told.rejections
        self.done.update(told.shards)
        self._at[number] = told.read_bytes
        self.unread |= told.unread
        if told.fault:
            self.faults.append(told.fault)

    @property
    def total_bytes(self) -> int:
        """Of all inputs."""
        return sum(self._bytes.values())

    @property
    def done_bytes(self) -> int:
        """Of the inputs that are done, and of the parts of those in work."""
        return min(self.total_bytes, sum(self._bytes[name] for name in self.done) + sum(self._at.values()))

    @property
    def left_s(self) -> float | None:
        """Seconds that the rest takes at the rate of this run; None as long as nobody knows."""
        passed_s, done_bytes = time.monotonic() - self._began, self.done_bytes - self._before_bytes
        return (self.total_bytes - self.done_bytes) * passed_s / done_bytes if done_bytes > 0 and passed_s > 1 else None

    def line(self) -> str:
        """Say how far it is."""
        passed_s = max(time.monotonic() - self._began, 1e-3)
        made = self.records + self.rejections
        left = "" if self.left_s is None or len(self.done) == len(self._bytes) else f", {_duration(self.left_s)} left"
        return (
            f"{len(self.done):,} of {len(self._bytes):,} shards, {self.records:,} records, {self.rejections:,} rejections, "
            f"{made / passed_s:,.0f}/s{left}"
        )

    def say(self, console: Console) -> None:
        """Print it."""
        console.print(self.line(), highlight=False, soft_wrap=True)


class Shown:
    """A bar on a terminal; elsewhere a line each half minute."""

    def __init__(self, console: Console, tally: Tally) -> None:
        self._console = console
        self._tally = tally
        self._say_at = time.monotonic() + SAY_EVERY_S
        columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}", markup=False))
        self._progress = Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)
        self._task = self._progress.add_task(tally.line(), total=max(tally.total_bytes, 1))

    def __enter__(self) -> "Shown":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self) -> None:
        """Show how far it is now."""
        self._progress.update(self._task, completed=self._tally.done_bytes, description=self._tally.line())
        if not self._console.is_terminal and time.monotonic() >= self._say_at:
            self._say_at = time.monotonic() + SAY_EVERY_S
            self._tally.say(self._console)


def default_processes() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _there(job: Job, shards: Sequence[Shard], making: Making) -> set[str]:
    """Return the names of the shards that are made.

    Raises:
        CommandError: the folder's results were made otherwise, or of other files with the same names.
    """
    found = set()
    for shard in shards:
        manifest = shard_manifest(job.output / shard.name)
        if manifest is None:
            continue
        if manifest.making != making:
            raise CommandError(f"{job.output}: {_other(manifest.making, making)}; give another folder", Exit.USAGE)
        if is_unchanged(manifest, shard):
            tidy(job.output / shard.name)
            if manifest.fault is None:
                found.add(shard.name)
        elif Path(manifest.input.name).resolve() != shard.path.resolve():
            raise CommandError(
                f"{job.output / shard.name}: holds the results of {manifest.input.name}, not of {shard.path}; "
                "give another folder",
                Exit.USAGE,
            )
    return found


def _other(was: Making, now: Making) -> str:
    fields = [name for name in Making.model_fields if getattr(was, name) != getattr(now, name)]
    return "; ".join(
        f"its {name} is {getattr(was, name) or 'the usual'}, not {getattr(now, name) or 'the usual'}" for name in fields
    )


def _write_manifest(job: Job, shards: Sequence[Shard], making: Making, console: Console) -> list[str]:
    """Write the archive's manifest when the last of these shards is there; return the shards with a fault.

    It is of all that the folder holds: another command may have put other files of the archive there.
    """
    with locked(job.output / f".{MANIFEST}.lock", wait=True):  # so that whoever looks last sees all
        there = {each.shard: each for each in _made(job.output) if each.making == making}
        missing = sum(shard.name not in there for shard in shards)
        if missing:
            console.print(
                f"{missing:,} of {_shards(len(shards))} still missing; the archive's manifest is written after the last one"
            )
        else:
            write_manifest(summed(list(there.values()), job.output), job.output / MANIFEST)
            broken = {name: made.fault for name, made in there.items() if made.fault}
            state = f"{_shards(len(broken))} with an input that breaks off" if broken else "all complete"
            console.print(cell(f"{job.output / MANIFEST}: {_shards(len(there))}, {state}"), soft_wrap=True)
            for name, fault in list(broken.items())[:SHOWN_UNREAD]:
                console.print(cell(f"not read to the end: {name}: {fault}"), soft_wrap=True)
    return [shard.name for shard in job.shards if shard.name in there and there[shard.name].fault]


def _shards(count: int) -> str:
    return f"{count:,} shard{'' if count == 1 else 's'}"


def _made(output: Path) -> Iterator[ShardManifest]:
    for path in sorted(output.rglob(MANIFEST)):
        hidden = any(part.startswith(".") for part in path.relative_to(output).parts)
        if path.parent != output and not hidden and (found := shard_manifest(path.parent)) is not None:
            yield found


def _duration(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
