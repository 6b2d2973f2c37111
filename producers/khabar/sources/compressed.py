"""Compressed inputs, told by their first bytes: gzip, bzip2, xz and Zstandard, each as far as it can be undone."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, Final, Protocol, cast

ENDINGS: Final = (".gz", ".bz2", ".xz", ".zst")  # of names; what a file is, its first bytes say
_GZIP_WINDOW = 31  # zlib's number for a gzip header with the largest window
_CHUNK = 1 << 16


class _Member(Protocol):
    """One compressed file; several may be joined into one."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's decompressor behind the interface of the others, which keep what they have not used yet."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _zstd() -> _Member:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
    except ImportError:
        try:
            from backports import zstd
        except ImportError:
            raise OSError("it is Zstandard, which needs: pip install 'khabar-client[zstd]'") from None
    member: _Member = zstd.ZstdDecompressor()
    return member


_KINDS: Final[dict[bytes, Callable[[], _Member]]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lzma.LZMADecompressor,
    b"\x28\xb5\x2f\xfd": _zstd,
}
_LONGEST_MAGIC: Final = max(map(len, _KINDS))


class _Uncompressed(io.RawIOBase):
    """Undoes a compression as far as it goes; Python's GzipFile withholds up to 8 KB before a break, which are good articles."""

    def __init__(self, stream: io.BufferedReader, kind: Callable[[], _Member]) -> None:
        self._stream = stream
        self._kind = kind
        self._member = kind()
        self._pending = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill some of the target; 0 at the end.

        Raises:
            EOFError, OSError, zlib.error: the rest cannot be read.
        """
        while True:
            if self._member.eof:  # several may be joined into one, with zeros between
                self._pending = self._member.unused_data.lstrip(b"\0") or self._stream.read1(_CHUNK).lstrip(b"\0")
                if not self._pending:
                    return 0
                self._member = self._kind()
            try:
                data = self._member.decompress(self._pending, len(target))
            except lzma.LZMAError as error:
                raise OSError(str(error)) from error
            self._pending = b""
            if data:
                target[: len(data)] = data
                return len(data)
            if not self._member.eof:
                self._pending = self._stream.read1(_CHUNK)
                if not self._pending:
                    raise EOFError("the compressed file ends too early")


def buffered(stream: BinaryIO | io.RawIOBase) -> io.BufferedReader:
    """Give the stream with a peek()."""
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream), _CHUNK)


def uncompressed(stream: BinaryIO) -> io.BufferedReader:
    """Give the stream with its compression undone, if it is compressed.

    Raises:
        OSError: by Zstandard, which is not installed.
    """
    reader = buffered(stream)
    kind = _kind_of(reader.peek(_LONGEST_MAGIC))
    return io.BufferedReader(_Uncompressed(reader, kind), _CHUNK) if kind else reader


def peek_head(stream: BinaryIO) -> bytes:
    """Look at the beginning of a stream that nobody reads afterwards, its compression undone.

    Raises:
        EOFError, OSError, zlib.error: a compressed file of which not a byte can be read.
    """
    return uncompressed(stream).peek(1)


def without_ending(name: str) -> str:
    """Return a file's name without the ending of a compression."""
    ending = next((each for each in ENDINGS if name.lower().endswith(each)), "")
    return name[: len(name) - len(ending)]


def _kind_of(head: bytes) -> Callable[[], _Member] | None:
    return next((kind for magic, kind in _KINDS.items() if head.startswith(magic)), None)
