"""`khabar up` as a user starts it, with eyes on its processes."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import redis

from khabar.broker.connection import connect
from khabar.broker.url import split_urls
from khabar.keys.names import Names
from tests import forked
from tests.broker import free_port
from tests.waiting import PATIENCE_S, wait_until

KHABAR = str(Path(sys.executable).parent / "khabar")


def khabar(
    *arguments: str,
    input: str | bytes | None = None,
    env: dict[str, str] | None = None,
    timeout_s: float = PATIENCE_S,
    program: str = KHABAR,
    folder: Path | None = None,
    fresh: bool = False,
) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, forked from a process that has imported it where that proves the same.

    Args:
        fresh: start an interpreter: its start, its imports or its seed of hashes are on trial.
    """
    data = input.encode() if isinstance(input, str) else input
    environment = forked.environment(env)
    if program == KHABAR and not fresh and forked.can_fork(environment):
        done = forked.run(arguments, environment=environment, folder=folder, data=data, timeout_s=timeout_s)
    else:
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            input=data,
            stdin=None if data is not None else subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=timeout_s,
        )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


class Service:
    """One running `khabar up` on a port of its own, or on a broker that runs already.

    Args:
        layers: None for all. Delivery is on trial: the whole extraction would take most of the processor's time, and so would
            stories, which are not made unless `stories` says so.
        program: the command of another installation than the one of these tests.
        folder: where it is started; here if not given.
        fresh: as `khabar`.
    """

    def __init__(
        self,
        var: Path,
        *,
        children: int = 2,
        port: int | None = None,
        redis_url: str | None = None,
        up_s: float = PATIENCE_S,
        layers: str | None = "tokens",
        program: str = KHABAR,
        folder: Path | None = None,
        fresh: bool = False,
        **settings: object,
    ) -> None:
        self.var = var
        self._fresh = fresh
        self._up_s = up_s
        self._program = program
        self._folder = folder
        self.port = port or free_port()
        self.url = redis_url or f"redis://127.0.0.1:{self.port}/0"
        self.names = Names()
        settings = (
            {"recognizer": "fast", "redis_url": self.url, "stories": False}
            | ({"layers": layers} if layers else {})
            | settings
        )
        self.env = {f"KHABAR_{name.upper()}": str(value) for name, value in settings.items()}
        broker = ["--redis-url", redis_url] if redis_url else ["--port", str(self.port)]
        self._arguments = ["up", "--var", str(var), "--children", str(children), *broker]
        self._output = var.parent / f"{var.name}.up.log"
        self._said_before = self._output.stat().st_size if self._output.exists() else 0  # by another on the same folder

    def __enter__(self) -> "Service":
        said_before = len(self.said) if self._output.exists() else 0  # by the service that had this folder before
        self.process = self._started()
        wait_until(lambda: "is up" in self.said[said_before:] or self.process.poll() is not None, timeout_s=self._up_s)
        assert self.process.poll() is None, self.said
        self.client: redis.Redis = connect(split_urls(self.url)[0])
        return self

    def _started(self) -> "subprocess.Popen[bytes] | forked.Process":
        environment = forked.environment(self.env)
        with self._output.open("ab") as output, Path(os.devnull).open("rb") as nothing:
            if self._program == KHABAR and not self._fresh and forked.can_fork(environment):
                streams = nothing.fileno(), output.fileno(), output.fileno()
                return forked.start(self._arguments, environment=environment, folder=self._folder, streams=streams)
            command = [self._program, *self._arguments]
            return subprocess.Popen(
                command, cwd=self._folder, env=environment, stdout=output, stderr=output, stdin=nothing
            )

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self.process.poll() is None:
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.Error):  # it has just ended
                    process.kill()
            self.process.kill()
            self.process.wait()
        self.client.close()

    @property
    def said(self) -> str:
        """What `khabar up` has printed."""
        return self._output.read_bytes()[self._said_before :].decode(errors="replace")

    def stop(self, number: int = signal.SIGINT, *, timeout_s: float = PATIENCE_S) -> int | None:
        """Send Ctrl-C and wait; the exit code, or None where it did not stop in time."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def run(self, *arguments: str, input: str | bytes | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a khabar command against this service."""
        return khabar(*arguments, input=input, env=self.env, program=self._program, folder=self._folder)

    def pid(self, role: str) -> int:
        """Return the process id of the broker, the dispatcher, the worker, one of its children or the stories, once it runs."""

        def find() -> int | None:
            for process in psutil.Process(self.process.pid).children():
                line = process.cmdline()
                is_worker = line[-2:] == ["-m", "khabar.host"]
                if role == "broker" and any("valkey" in part for part in line[:1]):
                    return process.pid
                if role == "dispatcher" and line[-1:] == ["dispatch"]:
                    return process.pid
                if role == "stories" and line[-1:] == ["khabar.story_service"]:
                    return process.pid
                if is_worker and role == "worker":
                    return process.pid
                if is_worker and role == "child":
                    return next((child.pid for child in process.children()), None)
            return None

        def look() -> int | None:
            with suppress(psutil.Error):  # one of them has just ended
                return find()
            return None

        return wait_until(look) or 0

    def kill(self, role: str) -> None:
        """Kill -9."""
        os.kill(self.pid(role), signal.SIGKILL)

    def settled(self) -> int:
        """Return how many articles have ended, as records or rejections; 0 while the broker is away."""
        try:
            return int(self.client.xlen(self.names.records)) + int(self.client.xlen(self.names.dead))
        except redis.RedisError:
            return 0
