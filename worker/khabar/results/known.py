"""Tell a broker the outcome ids of an archive: articles of it that come through the queue later are duplicates."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha1
from typing import Any, Final

import numpy as np
from redis import Redis

from khabar.broker.scripts import load_script, with_scripts
from khabar.keys.known import BUCKETS, ENTRY_BYTES
from khabar.keys.names import Names
from khabar.messages.envelope import ID_BYTES

CHUNK_IDS: Final = 1 << 22  # 64 MB: every bucket is read and written once a chunk
_TOGETHER: Final = 256  # buckets a round trip: 11 MB at a hundred million ids

Entries = np.ndarray[Any, np.dtype[np.uint64]]
Merge = Callable[[Entries, Entries], Entries]


class KnownIds:
    """The remembered ids of a broker. Killed in the middle and run again, nothing is lost or doubled."""

    def __init__(self, client: "Redis", names: Names) -> None:
        self._client = client
        self._names = names
        self._replace = load_script(client, __package__, "remember")

    def remember(self, ids: Iterable[bytes]) -> int:
        """Remember outcome ids until they are forgotten.

        Args:
            ids: 16 bytes each, any number of them joined.

        Returns:
            How many were not remembered before.

        Raises:
            redis.RedisError: the broker is unreachable or has no memory left; those before it are remembered.
        """
        return sum(self._change(chunk, np.union1d) for chunk in _chunks(ids))

    def forget(self, ids: Iterable[bytes]) -> int:
        """Forget outcome ids, also where another archive has told them; returns how many were remembered."""
        return -sum(self._change(chunk, partial(np.setdiff1d, assume_unique=True)) for chunk in _chunks(ids))

    def count(self) -> int:
        """Return how many ids are remembered."""
        found = 0
        for start in range(0, BUCKETS, _TOGETHER):
            pipe = self._client.pipeline(transaction=False)
            for bucket in range(start, start + _TOGETHER):
                pipe.strlen(self._names.known(bucket))
            found += sum(pipe.execute()) // ENTRY_BYTES
        return found

    def _change(self, chunk: bytes, merge: Merge) -> int:
        changed = 0
        told = dict(_by_bucket(chunk))
        todo = list(told)
        while todo:
            now, todo = todo[:_TOGETHER], todo[_TOGETHER:]
            pipe = self._client.pipeline(transaction=False)
            for bucket in now:
                pipe.get(self._names.known(bucket))
            before = [bytes(value or b"") for value in pipe.execute()]
            after = [_pack(merge(_unpack(old), told[bucket])) for bucket, old in zip(now, before, strict=True)]
            for bucket, old, new, is_done in zip(now, before, after, self._put(now, before, after), strict=True):
                if is_done:
                    changed += (len(new) - len(old)) // ENTRY_BYTES
                else:  # another command was faster
                    todo.append(bucket)
        return changed

    def _put(self, buckets: list[int], before: list[bytes], after: list[bytes]) -> list[bool]:
        def put() -> list[bool]:
            pipe = self._client.pipeline(transaction=False)
            for bucket, old, new in zip(buckets, before, after, strict=True):
                read = sha1(old, usedforsecurity=False).hexdigest()
                self._replace(keys=[self._names.known(bucket)], args=[read, new], client=pipe)
            return [bool(reply) for reply in pipe.execute()]

        return with_scripts(put)


def _chunks(ids: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for part in ids:
        held += part
        while len(held) >= CHUNK_IDS * ID_BYTES:
            yield bytes(held[: CHUNK_IDS * ID_BYTES])
            del held[: CHUNK_IDS * ID_BYTES]
    if held:
        yield bytes(held)


def _by_bucket(chunk: bytes) -> Iterator[tuple[int, Entries]]:
    """Give out the entries of each bucket, sorted and each once."""
    ids = np.frombuffer(chunk, np.uint8).reshape(-1, ID_BYTES)
    buckets = (ids[:, 0].astype(np.int64) << 8 | ids[:, 1]) >> 2
    entries = _numbers(ids[:, 2 : 2 + ENTRY_BYTES])
    order = np.lexsort((entries, buckets))
    found, starts = np.unique(buckets[order], return_index=True)
    for bucket, part in zip(found.tolist(), np.split(entries[order], starts[1:]), strict=True):
        yield bucket, np.unique(part)


def _numbers(rows: np.ndarray[Any, np.dtype[np.uint8]]) -> Entries:
    wide = np.zeros((len(rows), 8), np.uint8)
    wide[:, 1:] = rows
    return wide.view(">u8").ravel().astype(np.uint64)


def _unpack(bucket: bytes) -> Entries:
    return _numbers(np.frombuffer(bucket, np.uint8).reshape(-1, ENTRY_BYTES))


def _pack(entries: Entries) -> bytes:
    return entries.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 1:].tobytes()
