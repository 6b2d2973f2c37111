"""Which encoding an input is in: UTF-16 tells by its mark; of others, what a wrong one is likely to be."""

import codecs
import io
import re
from typing import Any, Final

from khabar.errors import SourceError

_MARKS: Final = (  # the longer first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final = ("utf-16", "utf-32")  # a line end is several bytes there, so the formats get UTF-8 instead
_CHUNK: Final = 1 << 16
_WRONG_BYTES: Final = 8  # fewer are dirt in one item, which is refused by itself
_ARABIC: Final = re.compile("[\u0621-\u064a]")
_LETTER: Final = re.compile(r"[^\W\d_a-zA-Z]")
_ARABIC_SHARE: Final = 0.8


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark names, UTF-8 aside; None without one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def is_wide(encoding: str) -> bool:
    """Whether characters of an encoding have two or four bytes."""
    return encoding.startswith(_WIDE)


class _Transcoded(io.RawIOBase):
    """Gives out UTF-8 of what is in another encoding; a lone surrogate stays one, to be refused with its item."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")
        self._pending = b""
        self._is_at_end = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill some of the target; 0 at the end.

        Raises:
            OSError: the bytes are not in the encoding.
        """
        while not self._pending and not self._is_at_end:
            chunk = self._stream.read1(_CHUNK)
            self._is_at_end = not chunk
            try:
                self._pending = self._decoder.decode(chunk, final=not chunk).encode("utf-8", "surrogatepass")
            except UnicodeDecodeError as error:
                raise OSError(f"is not {error.encoding} there ({error.reason})") from error
        data, self._pending = self._pending[: len(target)], self._pending[len(target) :]
        target[: len(data)] = data
        return len(data)


def transcoded(stream: io.BufferedReader, encoding: str) -> io.BufferedReader:
    """Return the stream in UTF-8."""
    return io.BufferedReader(_Transcoded(stream, encoding))


def narrow_head(head: bytes, encoding: str) -> bytes:
    """Return the beginning of a wide input in UTF-8, as far as it can be read."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return decoder.decode(head).removeprefix("\ufeff").encode()


def check_encoding(name: str, head: bytes, encoding: str) -> None:
    """Refuse at once an input that is all in another encoding, instead of a dead letter for each line or records of nonsense.

    Raises:
        SourceError: none of the first lines with letters beyond ASCII can be read, or all of them are UTF-8 although another
            encoding was named. The message gives the likely encoding.
    """
    lines = [line for line in _whole_lines(head) if not line.isascii()]
    if encoding != "utf-8" and lines and _is_arabic_utf8(lines):
        raise SourceError(f"{name}: is UTF-8, not {encoding}; leave --encoding out.")
    wrong = 0
    for line in lines:
        shown = line.decode(encoding, "surrogateescape")
        escaped = sum("\udc80" <= letter <= "\udcff" for letter in shown)
        if escaped <= len(_ARABIC.findall(shown)):
            return  # of the right encoding, perhaps with dirt in it
        wrong += escaped
    if wrong < _WRONG_BYTES:
        return
    likely = likely_encoding(head)
    advice = (
        f"it is likely {likely}: say --encoding {likely}"
        if likely
        else "name its encoding with --encoding, such as cp1256"
    )
    raise SourceError(f"{name}: is not {encoding}; {advice}.")


def _whole_lines(head: bytes) -> list[bytes]:
    lines = head.split(b"\n")
    return lines[:-1] if len(lines) > 1 and len(head) >= _CHUNK else lines


def _is_arabic_utf8(lines: list[bytes]) -> bool:
    try:
        text = "".join(line.decode() for line in lines)
    except UnicodeDecodeError:
        return False
    return len(_ARABIC.findall(text)) >= _WRONG_BYTES


def likely_encoding(data: bytes) -> str | None:
    """Guess the encoding of Arabic text; None where nothing fits or the package chardet is not installed."""
    try:
        import chardet
    except ImportError:
        return None
    for guess in chardet.detect_all(data[:_CHUNK], ignore_threshold=True):
        found = guess["encoding"]
        if not isinstance(found, str):
            continue
        try:
            text = data[:_CHUNK].decode(found, "replace")
            encoding = codecs.lookup(found).name
        except LookupError:
            continue
        letters = len(_LETTER.findall(text))
        if letters and len(_ARABIC.findall(text)) >= _ARABIC_SHARE * letters:
            return encoding
    return None
