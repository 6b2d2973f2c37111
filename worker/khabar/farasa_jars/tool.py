"""A jar under supervision: started, tried out, restarted with back-off, replaced before its memory is full."""

import logging
import os
import time
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from khabar.farasa_jars.errors import FarasaFailed, FarasaNotReady
from khabar.farasa_jars.java import JavaCommand
from khabar.farasa_jars.process import Jvm

log = logging.getLogger(__name__)

PAUSES_S: Final = (0.0, 0.25, 0.5, 1.0, 2.0)  # before each start; then the batch goes back
# Share of start_s after which no other start is tried, because a worker that waits too long counts as stuck. So a start that
# hangs is not tried again.
GIVE_UP_SHARE: Final = 0.2
LINES_A_TIMEOUT: Final = 10_000  # three times a batch of average articles; a larger one has more in proportion
PROBE: Final = "كتاب"


class Mode(StrEnum):
    """When a jar answers."""

    RESIDENT = "resident"  # while its input is open: one process for all batches
    ONE_SHOT = "one-shot"  # when its input ends: one process a batch


class FarasaTool:
    """One of Farasa's jars, run in one process.

    The process is ended before each fork, because parent and child may not read one pipe; each then starts one of its own.
    """

    def __init__(
        self,
        command: JavaCommand,
        *,
        start_s: float,
        timeout_s: float,
        whole_lines: bool = False,
        max_lines: int = 500_000,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        """Remember how; nothing is started.

        Args:
            command: how to start the jar.
            start_s: longest start, up to its first answer.
            timeout_s: for 10,000 lines; more in proportion for more.
            whole_lines: as Jvm has it.
            max_lines: after so many the process is replaced: Farasa keeps every word it has met.
            pauses_s: seconds before each attempt to start it.
        """
        self._command = command
        self._start_s = start_s
        self._timeout_s = timeout_s
        self._whole_lines = whole_lines
        self._max_lines = max_lines
        self._pauses_s = pauses_s
        self._jvm: Jvm | None = None
        self._lines = 0
        self.mode: Mode | None = None
        os.register_at_fork(before=self.close)

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._jvm.pid if self._jvm is not None and self._jvm.is_alive() else None

    def check(self) -> None:
        """Start it and find out when it answers.

        Raises:
            FarasaNotReady: it does not start, or does not answer.
        """
        try:
            self._jvm, self._lines = self._start(), 0
        except FarasaFailed as error:
            raise FarasaNotReady(
                f"{self._command.jar.name} does not work with {self._command.java!r} and {self._command.heap_mb} MB: {error}; "
                "see docs/how-to/engines.md"
            ) from error

    def check_resident(self) -> None:
        """Start it as `check` does, and refuse one that answers only at the end of its input.

        Raises:
            FarasaNotReady: it does not work so.
        """
        self.check()
        if self.mode is Mode.ONE_SHOT:
            raise FarasaNotReady(
                f"{self._command.jar.name} answers only at the end of its input, which would start Java for every article: "
                "use farasapy's jars (docs/how-to/engines.md)"
            )

    def ready(self) -> None:
        """See to it that the process runs; one that answers only at the end of its input is started for each batch.

        Raises:
            FarasaFailed: it does not start, after some attempts with growing pauses.
        """
        if self.mode is Mode.ONE_SHOT:
            return
        if self._jvm is not None:
            if self._jvm.is_alive() and self._lines < self._max_lines:
                return
            self._log("farasa_replaced" if self._jvm.is_alive() else "farasa_died", "Java is started again")
            self.close()
        failure = FarasaFailed("Java was not started")
        give_up_s = time.monotonic() + GIVE_UP_SHARE * self._start_s
        for pause_s in self._pauses_s:
            if time.monotonic() + pause_s > give_up_s:
                break
            time.sleep(pause_s)
            try:
                self._jvm, self._lines = self._start(), 0
            except (FarasaFailed, FarasaNotReady) as error:
                failure = FarasaFailed(f"Java does not start: {error}")
                self._log("farasa_start_failed", str(failure))
            else:
                return
        raise failure

    def ask(self, lines: Sequence[str]) -> list[str]:
        """Return the answer of each line; a process that fails is replaced, and asked once more.

        Raises:
            FarasaFailed: the second one failed too.
        """
        timeout_s = self._timeout_s * max(1.0, len(lines) / LINES_A_TIMEOUT)
        try:
            return self._ask(lines, timeout_s)
        except FarasaFailed as error:
            self._log("farasa_failed", f"asked again: {error}")
            return self._ask(lines, timeout_s)

    def close(self) -> None:
        """End the process; the next question starts another."""
        if self._jvm is not None:
            self._jvm.end()
            self._jvm = None

    def _ask(self, lines: Sequence[str], timeout_s: float) -> list[str]:
        if self.mode is None:
            self.ready()
        if self.mode is Mode.ONE_SHOT:
            return self._ask_once(lines, timeout_s + self._start_s)
        self.ready()
        if self._jvm is None:
            raise FarasaFailed("Java has ended")
        self._lines += len(lines)
        try:
            return self._jvm.ask(lines, timeout_s=timeout_s)
        except TimeoutError:
            self.close()
            raise FarasaFailed(f"Java gave no answer within {timeout_s:g} s") from None

    def _ask_once(self, lines: Sequence[str], timeout_s: float) -> list[str]:
        jvm = Jvm(self._command, whole_lines=self._whole_lines)
        try:
            return jvm.ask(lines, timeout_s=timeout_s, is_last=True)
        except TimeoutError:
            raise FarasaFailed(f"Java gave no answer within {timeout_s:g} s") from None
        finally:
            jvm.end()

    def _start(self) -> Jvm | None:
        """Start it and wait for its first answer, which also says when it answers; None where that is at the end."""
        started_s = time.monotonic()
        jvm = Jvm(self._command, whole_lines=self._whole_lines)
        try:
            jvm.ask([PROBE], timeout_s=self._start_s)
        except TimeoutError:
            if self.mode is None and jvm.finish(timeout_s=self._start_s):
                self.mode = Mode.ONE_SHOT
                self._log("farasa_mode", "the jar answers at the end of its input: one Java process a batch")
                return None
            jvm.end()
            raise FarasaFailed(f"no answer within {self._start_s:g} s of its start") from None
        except BaseException:
            jvm.end()
            raise
        self.mode = Mode.RESIDENT
        log.info(
            "Java runs",
            extra={
                "action": "farasa_started",
                "jar": self._command.jar.name,
                "pid": jvm.pid,
                "start_s": round(time.monotonic() - started_s, 2),
            },
        )
        return jvm

    def _log(self, action: str, message: str) -> None:
        log.warning(message, extra={"action": action, "jar": self._command.jar.name})
