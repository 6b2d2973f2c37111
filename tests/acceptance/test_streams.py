"""No command ends in a traceback, whatever its streams, its locale and its user's home are."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from khabar.errors import Exit
from tests import forked
from tests.acceptance.service import KHABAR, khabar
from tests.articles import json_lines
from tests.broker import Broker
from tests.waiting import wait_until

SOON = ("--outage", "0.5")
# Each ends by itself. With a broker that is there and empty, or without one.
COMMANDS: dict[str, list[str]] = {
    "help": ["--help"],
    "version": ["--version"],
    "up": ["up", "--redis-url", "redis://127.0.0.1:1/0"],
    "push": ["push", "-", *SOON],
    "records": ["records", *SOON],
    "records pretty": ["records", "--format", "pretty", *SOON],
    "records of a group": ["records", "--group", "g", *SOON],
    "extract": ["extract", "-"],
    "segment": ["segment"],
    "farasa": ["farasa", "check", "nowhere"],
    "dead list": ["dead", "list"],
    "dead list json": ["dead", "list", "--json"],
    "dead show": ["dead", "show", "1-1"],
    "dead requeue": ["dead", "requeue", "--all"],
    "dead drop": ["dead", "drop", "--all"],
    "groups": ["groups"],
    "groups set": ["groups", "set", "nobody", "--policy", "alert"],
    "groups detach": ["groups", "detach", "nobody"],
    "groups attach": ["groups", "attach", "nobody"],
    "groups forget": ["groups", "forget", "nobody"],
    "groups replay": ["groups", "replay", "nowhere"],
    "janitor": ["janitor"],
    "status": ["status"],
    "status json": ["status", "--json"],
    "acl": ["acl"],
    "schema": ["schema", "schemas"],
    "unknown": ["nonsense"],
}
# What writes to standard output here and now; the others say all they have to say on standard error.
WRITERS = [
    "help",
    "version",
    "extract",
    "segment",
    "dead list",
    "groups",
    "janitor",
    "status",
    "status json",
    "acl",
    "schema",
]
# The same in a shell, and as files: "" for one that is read afterwards, None for a stream that is closed.
SHELL = {
    "stdin closed": "<&-",
    "stdout closed": "</dev/null >&-",
    "all full": "</dev/null >/dev/full 2>/dev/full",
}
FILES = {
    "stdin closed": (None, "", ""),
    "stdout closed": (os.devnull, None, ""),
    "all full": (os.devnull, "/dev/full", "/dev/full"),
}
# By a shell, in a new interpreter; the others are forked, and their streams are the same.
STARTED = ("segment", "status")


def environment(env: dict[str, str] | None = None) -> dict[str, str]:
    return forked.environment({"KHABAR_RECOGNIZER": "fast", "KHABAR_LAYERS": "tokens"} | (env or {}))


def run(
    arguments: list[str], redirection: str, folder: Path, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command in a new interpreter."""
    line = f'exec "$0" "$@" {redirection}'
    return subprocess.run(
        ["sh", "-c", line, KHABAR, *arguments], cwd=folder, capture_output=True, timeout=120, env=environment(env)
    )


def redirected(
    command: str, folder: Path, url: str, *, shell: str, files: Sequence[str | None]
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command with other streams: as the shell would, or in a fork with these files."""
    env = {"KHABAR_REDIS_URL": url}
    if command in STARTED or not forked.can_fork(environment(env)):
        return run(COMMANDS[command], shell, folder, env)
    said = [folder / f"said-{number}" for number in range(3)]
    with ExitStack() as stack:
        streams = [
            None if file is None else stack.enter_context(Path(file or path).open(mode)).fileno()
            for file, path, mode in zip(files, said, ("rb", "wb", "wb"), strict=True)
        ]
        process = forked.start(
            COMMANDS[command], environment=environment(env), folder=folder, streams=streams, ends_early=False
        )
    returncode = process.wait(120)
    output = [path.read_bytes() if path.exists() else b"" for path in said]
    return subprocess.CompletedProcess(COMMANDS[command], returncode, output[1], output[2])


# Each stream for those that write to it, one in turn for the others: a start takes a second of the processor.
REDIRECTED = [
    (command, redirection)
    for number, command in enumerate(COMMANDS)
    for redirection in (SHELL if command in WRITERS else [list(SHELL)[number % len(SHELL)]])
]


@pytest.mark.parametrize(("command", "redirection"), REDIRECTED)
def test_no_command_ends_in_a_traceback(command: str, redirection: str, tmp_path: Path) -> None:
    """As cron, a service manager or a full disk leave the streams."""
    url = "redis://127.0.0.1:1/0"
    done = redirected(command, tmp_path, url, shell=SHELL[redirection], files=FILES[redirection])
    said = (done.stdout + done.stderr).decode()
    assert "Traceback" not in said, said
    assert "Exception ignored" not in said, said
    assert "a fault in khabar" not in said, said
    assert done.returncode >= 0


@pytest.mark.parametrize("command", WRITERS)
def test_what_cannot_be_written_is_a_failure(command: str, tmp_path: Path) -> None:
    """A script that goes on after it would believe that it has the records."""
    broker = Broker(tmp_path / "broker").start()
    try:
        source = tmp_path / "articles.jsonl"
        source.write_text(json_lines(1), encoding="utf-8")
        for target, file, why in ((">/dev/full", "/dev/full", "No space left"), (">&-", None, "closed")):
            shell, files = f"<{source} {target}", (str(source), file, "")
            done = redirected(command, tmp_path, broker.url, shell=shell, files=files)
            assert done.returncode == Exit.FAILED, done.stderr.decode()
            assert f"standard output cannot be written: {why}" in done.stderr.decode().replace("it is ", "")
    finally:
        broker.kill()


# A narrow encoding, and a user id without a home, as in a container.
HOSTILE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "HOME": "/nowhere/home", "XDG_CACHE_HOME": ""}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_narrow_encoding_and_no_home_are_no_reason_for_a_traceback(command: str, tmp_path: Path) -> None:
    """Arabic is written as escapes where a stream cannot hold it; JSON stays UTF-8."""
    source = tmp_path / "نص.jsonl"
    source.write_text(json_lines(1), encoding="utf-8")
    done = run(COMMANDS[command], f"<{source}", tmp_path, HOSTILE | {"KHABAR_REDIS_URL": "redis://127.0.0.1:1/0"})
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert "Traceback" not in said, said
    assert "a fault in khabar" not in said, said


@pytest.mark.parametrize("command", [["status"], ["segment"], ["extract", "-"]])
@pytest.mark.parametrize("cpu_s", [0.1, 0.3, 0.6])
def test_ctrl_c_while_it_starts_is_quiet(command: list[str], cpu_s: float, tmp_path: Path) -> None:
    """Imports take the first second, and an interrupt there had no handler. How far it is, its processor time tells."""
    reader, writer = os.pipe()  # nothing comes: who reads it waits
    process = subprocess.Popen(
        [KHABAR, *command], cwd=tmp_path, stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        mine = psutil.Process(process.pid)

        def is_so_far() -> bool:
            with contextlib.suppress(psutil.NoSuchProcess):
                return mine.status() == psutil.STATUS_ZOMBIE or mine.cpu_times().user >= cpu_s or _waits(mine)
            return True

        wait_until(is_so_far, every_s=0.002)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        os.close(writer)
        os.close(reader)
        process.kill()
    # Before the first line of ours runs, Python itself is interrupted; nobody can change what it says then.
    assert "in main" not in errors.decode(), errors.decode()


def _waits(process: psutil.Process) -> bool:
    """Whether it reads its standard input and will use no more processor time."""
    return Path(f"/proc/{process.pid}/wchan").read_text() in ("pipe_read", "anon_pipe_read")


@pytest.mark.parametrize("command", [["push"], ["dead", "list"], ["groups", "set"], ["farasa", "check"]])
def test_every_command_knows_h_and_version(command: list[str]) -> None:
    """Where somebody is, not at the top alone; the two are made in one place for all."""
    assert "Usage: khabar" in khabar(*command, "-h").stdout
    assert khabar(*command, "--version").stdout.startswith("khabar 0.")
