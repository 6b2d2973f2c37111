"""Starting Java: the command line with its limits, and a process that ends with the one that started it."""

import resource
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from khabar.farasa_jars.errors import FarasaNotReady

_OPTIONS: Final = (
    "-XX:+IgnoreUnrecognizedVMOptions",  # Java 8 and 11 do not know all of these
    "-Dfile.encoding=UTF-8",
    "-XX:+UseSerialGC",  # one article after the other: the parallel collectors take more threads and more memory
    "-XX:+ExitOnOutOfMemoryError",  # without it a process that is out of memory lives on and answers nothing
    # Nothing of an article on disk: no performance data in /tmp, no dumps of a crash.
    "-XX:-UsePerfData",
    "-XX:-CreateCoredumpOnCrash",
    "-XX:+ErrorFileToStderr",
    "-XX:ErrorFile=/dev/null",
)


@dataclass(frozen=True)
class JavaCommand:
    """How to start one of Farasa's jars.

    Attributes:
        jar: absolute path.
        java: the program, by name on PATH or by path.
        heap_mb: -Xmx.
        env: variables besides this process's own.
    """

    jar: Path
    java: str = "java"
    heap_mb: int = 1_024
    env: Mapping[str, str] = field(default_factory=dict)

    def line(self) -> list[str]:
        """Return the command line.

        Raises:
            FarasaNotReady: there is no such program.
        """
        java = shutil.which(self.java)
        if java is None:
            raise FarasaNotReady(
                f"Farasa's jars need Java, and there is no program {self.java!r}: install a JRE (apt-get install "
                "default-jre-headless) or set KHABAR_FARASA_JAVA to it; KHABAR_ENGINE=embedded needs none"
            )
        return [*_with_its_parent(), java, f"-Xmx{self.heap_mb}m", *_OPTIONS, "-jar", str(self.jar)]

    def start(self, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start it with three pipes. Ctrl-C in a terminal does not reach it: the process that started it also ends it.

        Raises:
            FarasaNotReady: there is no such program.
            OSError: it cannot be started now.
        """
        line = self.line()
        with _own_memory_limit():
            return subprocess.Popen(  # noqa: S603  # our own command line; nothing of an article is in it
                line,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**environment, **self.env},
                cwd=self.jar.parent,
                start_new_session=True,
            )


def _with_its_parent() -> list[str]:
    """Return a prefix by which Linux ends the process with its parent, be that killed; else the end of its input does."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


@contextmanager
def _own_memory_limit() -> Iterator[None]:
    """Lift this process's limit while Java starts: it would inherit it, reserves its heap at once, and has -Xmx instead."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
