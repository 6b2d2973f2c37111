"""One shard from input to results: written to a temporary folder under a lock, then renamed once it is all on the disk."""

import os
import secrets
import shutil
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import EAGAIN, ENOLCK, ENOSYS, EOPNOTSUPP, EWOULDBLOCK
from glob import escape
from pathlib import Path
from typing import Final

from khabar.archive.files import Ids, Output, open_output, open_rejections
from khabar.archive.manifest import IDS, MANIFEST, File, Making, ShardManifest, shard_manifest, write_manifest
from khabar.archive.outcomes import Outcome
from khabar.archive.shards import Shard
from khabar.errors import SourceError
from khabar.sinks.files import sync_folder
from khabar.sources.base import Source
from khabar.sources.compressed import peek_head
from khabar.sources.items import Item
from khabar.sources.text import refused

_NO_LOCKS: Final = (ENOLCK, ENOSYS, EOPNOTSUPP)


class Busy(Exception):
    """Another process is working on this shard."""


class Unread(Exception):
    """No result: not one item of the input could be read, or the input changed while it was read."""


@dataclass(frozen=True)
class Maker:
    """Writes the results of shards into a folder.

    Attributes:
        output: the folder.
        making: version and form, written into each manifest.
        open: opens the input of a shard.
        extract: extracts one item of the input.
        max_bytes: upper bound on the size of one article's JSON.
        tell: called after each outcome with the number of input bytes read so far.
        began_ns: start of the run, in nanoseconds since 1970. An input with a fault is tried once in each run.
    """

    output: Path
    making: Making
    open: Callable[[Path], Source]
    extract: Callable[[Item], Outcome]
    max_bytes: int
    tell: Callable[[Outcome, int], None]
    began_ns: int = field(default_factory=time.time_ns)

    def make(self, shard: Shard, *, wait: bool = False) -> ShardManifest:
        """Make a shard's results unless they exist. If killed at any moment, they exist completely or not at all.

        Args:
            shard: the input.
            wait: whether to wait for another process that works on it, and to return that process's result.

        Raises:
            Busy: another process works on it, and `wait` is false.
            Unread: the input could not be read.
            OSError, SinkError: the disk is full or broken; nothing is left behind.
        """
        place = self.output / shard.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with locked(place.with_name(f".{place.name}.lock"), wait=wait) as is_alone:
            if (found := self.made(shard)) is not None:
                return found
            if is_alone:
                _remove_parts(place)
            aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
            aside.mkdir()
            try:
                manifest = self._write(shard, aside)
                sync_folder(aside)
                _put(aside, place)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
            return manifest

    def made(self, shard: Shard) -> ShardManifest | None:
        """Return the manifest of a shard whose results are finished and current; None if it must be made."""
        place = self.output / shard.name
        found = shard_manifest(place)
        if found is None or not is_unchanged(found, shard):
            return None
        is_tried = found.fault is None or (place / MANIFEST).stat().st_mtime_ns >= self.began_ns
        return found if is_tried else None

    def _write(self, shard: Shard, folder: Path) -> ShardManifest:
        before = _measured(shard.path)
        outputs: list[Output] = []
        try:
            outputs += open_output(folder, self.making.form), open_rejections(folder, self.making.form)
            outputs.append(Ids(folder / IDS))
            return self._fill(shard, before, *outputs, manifest=folder / MANIFEST)
        except BaseException:
            for output in outputs:
                output.discard()
            raise

    def _fill(
        self, shard: Shard, before: File, records: Output, rejections: Output, ids: Output, *, manifest: Path
    ) -> ShardManifest:
        made, refusals = 0, Counter[str]()
        fault = None
        try:
            source = None if _is_empty(shard.path) else self.open(shard.path)
        except SourceError as error:
            raise Unread(str(error)) from error
        items = source.items(max_bytes=self.max_bytes) if source else iter(())
        while True:
            try:
                item = next(items, None)
            except SourceError as error:
                if not made and not refusals:
                    raise Unread(str(error)) from error
                fault = str(error).removeprefix(f"{shard.path}: ").rstrip(".")
                item = refused(b"", 0, str(shard.path), fault)
            if item is None:
                break
            outcome = self.extract(item)
            if outcome.is_record:
                records.write(outcome)
                ids.write(outcome)
                made += 1
            else:
                rejections.write(outcome)
                refusals[str(outcome.code)] += 1
            self.tell(outcome, source.read_bytes() if source else 0)
            if fault is not None:
                break
        files = [File.of(path) for output in (records, rejections) for path in output.close()]
        (ids_path,) = ids.close()
        now = shard.path.stat()
        if (now.st_size, now.st_mtime_ns) != (before.size_bytes, before.modified_ns):
            raise Unread(f"{shard.path}: has changed while it was read")
        written = ShardManifest(
            shard=shard.name,
            making=self.making,
            input=before,
            records=made,
            rejections=dict(sorted(refusals.items())),
            files=files,
            ids=File.of(ids_path),
            fault=fault,
        )
        write_manifest(written, manifest)
        return written


def tidy(place: Path) -> None:
    """Delete temporary folders that a killed process left beside a finished shard."""
    lock = place.with_name(f".{place.name}.lock")
    if lock.exists():
        with suppress(Busy), locked(lock, wait=False) as is_alone:
            if is_alone:
                _remove_parts(place)


def is_unchanged(manifest: ShardManifest, shard: Shard) -> bool:
    """Whether the input is unchanged since the results were made; its bytes are read only if its modification time differs."""
    was = manifest.input
    try:
        now = shard.path.stat()
        if now.st_size != was.size_bytes:
            return False
        return now.st_mtime_ns == was.modified_ns or File.of(shard.path).sha256 == was.sha256
    except OSError:
        return False


def _remove_parts(place: Path) -> None:
    for left in place.parent.glob(f".{escape(place.name)}.*.part"):
        shutil.rmtree(left, ignore_errors=True)


def _measured(path: Path) -> File:
    try:
        return File.of(path, name=str(path), is_input=True)
    except OSError as error:
        raise Unread(f"{path}: cannot be read: {error.strerror or error}") from error


def _is_empty(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not peek_head(file).strip()
    except (OSError, EOFError, zlib.error):
        return False  # reading it later gives the error's reason


def _put(aside: Path, place: Path) -> None:
    """Rename a finished folder to its place. It replaces results of an older input, but not those another process just made."""
    if place.exists():
        old = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
        with suppress(FileNotFoundError):
            place.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    try:
        aside.rename(place)
    except OSError:
        if shard_manifest(place) is None:
            raise
    sync_folder(place.parent)


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a lock file, and delete it at the end; gives False if the file system has no locks.

    Raises:
        Busy: another process holds it.
    """
    import fcntl  # not on Windows

    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except OSError as error:
                if error.errno in (EAGAIN, EWOULDBLOCK):
                    raise Busy from error
                if error.errno not in _NO_LOCKS:
                    raise
                yield False  # without locks, each process writes equal bytes to a folder of its own
                return
            if not _is_still(path, descriptor):  # its previous holder has deleted the file
                continue
            try:
                yield True
            finally:
                path.unlink(missing_ok=True)
            return
        finally:
            os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
