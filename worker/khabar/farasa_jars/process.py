"""One Java process and the talk with it: lines in, as many lines out, in time, or it is ended."""

import logging
import os
import re
import secrets
import selectors
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from khabar.farasa_jars.errors import FarasaFailed
from khabar.farasa_jars.java import JavaCommand

log = logging.getLogger(__name__)

CHUNK_BYTES: Final = 1 << 16
# An answer has its word's letters, and a tag or some '+'; a far longer line is not an answer.
MAX_ANSWER_SHARE, MAX_ANSWER_BYTES = 64, 1 << 20
KEPT_STDERR_BYTES: Final = 1 << 14
_NO_TEXT: Final = re.compile(rb"[\x00\xc0\xc1\xf5-\xff]")  # bytes that UTF-8 text never has
# The parts of standard error that a log may have: a Java error and its place. The rest could be an article's words.
_JAVA_ERROR: Final = re.compile(rb"[A-Za-z_][\w.$]*(?:Exception|Error)\b|at [\w.$<>]+\([\w.$]+:\d+\)")


class Jvm:
    """A running jar that reads lines from standard input.

    Every question ends with a line that holds a number never sent before. The jar returns a number unchanged. So the number in
    the output shows that all answers to this question are there, and how many lines they have. Some jars write their answers
    only when they meet a new word; the number is such a word.
    """

    def __init__(self, command: JavaCommand, *, whole_lines: bool = False) -> None:
        """Start it.

        Args:
            command: how.
            whole_lines: wait for the end of the last line, where the number does not stand alone in it.

        Raises:
            FarasaFailed: the system does not start it now.
        """
        self._whole_lines = whole_lines
        self._noise = bytearray()
        self._noise_bytes = 0
        self._owes_line_end = False
        self._process: subprocess.Popen[bytes]
        try:
            self._process = command.start(os.environ)
        except OSError as error:
            raise FarasaFailed(f"Java does not start: {error.strerror}") from error
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]  # all three are pipes

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def ask(self, lines: Sequence[str], *, timeout_s: float, is_last: bool = False) -> list[str]:
        """Return the answer of each line.

        Args:
            lines: N lines without line ends.
            timeout_s: for all of them.
            is_last: end its input after them, and read to its end.

        Returns:
            N answers in the same order.

        Raises:
            TimeoutError: it has not answered, and runs; its answers may still come, so ask it nothing but the same, to the end.
            FarasaFailed: it died, or its answers are not those of these lines; it has been ended.
        """
        number = str(10**11 + secrets.randbelow(9 * 10**11))
        question = "".join(f"{line}\n" for line in (*lines, number)).encode()
        if len(lines) + 1 != question.count(b"\n") or b"\r" in question:
            raise ValueError("a line end inside a line")
        try:
            answer = self._exchange(question, number.encode(), len(lines), timeout_s, is_last=is_last)
            return self._split(answer, number, len(lines))
        except TimeoutError:
            raise
        except (
            BaseException
        ):  # the time limit of an article too: what is still to come would be taken for the next answer
            self.end()
            raise
        finally:
            self._log_noise()

    def finish(self, *, timeout_s: float) -> bool:
        """End its input and return whether it then gives answers and ends by itself: so does a jar that keeps them till then."""
        try:
            answer = self._exchange(b"", b"", 0, timeout_s, is_last=True)
        except (TimeoutError, FarasaFailed):
            return False
        finally:
            self.end()
        return answer.count(b"\n") > 1

    def end(self) -> None:
        """End it now; nothing where it has ended."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None and not pipe.closed:
                with suppress(OSError):  # what was not written yet cannot be any more
                    pipe.close()

    def _exchange(self, question: bytes, number: bytes, lines: int, timeout_s: float, *, is_last: bool) -> bytes:
        """Write the question and read until its answer is complete; raises as `ask` says."""
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        if stdin is None or stdout is None or stderr is None or stdin.closed:
            raise FarasaFailed("Java has ended")
        answer, left = bytearray(), memoryview(question)
        most = MAX_ANSWER_BYTES + MAX_ANSWER_SHARE * len(question)
        deadline = time.monotonic() + timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            selector.register(stderr, selectors.EVENT_READ)
            if left:
                selector.register(stdin, selectors.EVENT_WRITE)
            elif is_last:
                stdin.close()
            while True:
                events = selector.select(max(0.0, deadline - time.monotonic()))
                if time.monotonic() > deadline:
                    raise TimeoutError
                for key, _ in events:
                    if key.fileobj is stdin:
                        left = left[self._write(stdin.fileno(), left) :]
                        if not left:
                            selector.unregister(stdin)
                            if is_last:
                                stdin.close()
                    elif key.fileobj is stderr:
                        if not self._drain(stderr.fileno()):
                            selector.unregister(stderr)
                    elif chunk := os.read(stdout.fileno(), CHUNK_BYTES):
                        answer += chunk
                        if len(answer) > most:
                            raise FarasaFailed(f"Java gave {len(answer)} bytes for {len(question)}")
                        if _NO_TEXT.search(chunk):  # at once: the end of such an answer may never come
                            raise FarasaFailed("Java's answer is not UTF-8")
                        if not is_last and not left and self._is_complete(answer, number):
                            return bytes(answer)
                    elif is_last:
                        return bytes(answer)
                    else:
                        raise FarasaFailed(f"Java died after {answer.count(10)} of {lines} answers ({self._exit()})")

    def _is_complete(self, answer: bytearray, number: bytes) -> bool:
        # The last bytes are enough: this is looked at after every chunk.
        tail = bytes(answer[-256:])
        return number in tail and (not self._whole_lines or tail.endswith(b"\n"))

    def _split(self, answer: bytes, number: str, lines: int) -> list[str]:
        try:
            text = answer.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FarasaFailed(f"Java's answer is not UTF-8 at byte {error.start}") from None
        if self._owes_line_end:  # that of the last number's line: it is written with the next answer
            text = self._without_owed_line_end(text)
        found = text.split("\n")
        last = len(found) - 1 - (not found[-1].strip())
        self._owes_line_end = last == len(found) - 1
        if last != lines or number not in found[last] or any(number in line for line in found[:last]):
            raise FarasaFailed(f"Java gave {last} answers for {lines} lines")
        return [line.removesuffix("\r").strip() for line in found[:last]]

    @staticmethod
    def _without_owed_line_end(text: str) -> str:
        before, line_end, after = text.partition("\n")
        if not line_end or before.strip():
            raise FarasaFailed("Java continued an answer after its end")
        return after

    @staticmethod
    def _write(pipe: int, left: memoryview) -> int:
        try:
            return os.write(pipe, left[:CHUNK_BYTES])
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            raise FarasaFailed("Java died before it had read all lines") from None

    def _drain(self, pipe: int) -> bool:
        chunk = os.read(pipe, CHUNK_BYTES)
        self._noise_bytes += len(chunk)
        self._noise += chunk[: KEPT_STDERR_BYTES - len(self._noise)]
        return bool(chunk)

    def _exit(self) -> str:
        try:
            return f"exit {self._process.wait(1)}"
        except subprocess.TimeoutExpired:
            return "its output closed"

    def _log_noise(self) -> None:
        if not self._noise_bytes:
            return
        known = list(dict.fromkeys(match.decode() for match in _JAVA_ERROR.findall(self._noise)))
        log.log(
            logging.WARNING if known else logging.INFO,
            "Java wrote to standard error",
            extra={"action": "farasa_stderr", "bytes": self._noise_bytes, "errors": known[:8], "pid": self.pid},
        )
        self._noise.clear()
        self._noise_bytes = 0
