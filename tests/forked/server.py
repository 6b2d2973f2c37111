"""Imports the command, and becomes it in a fork of itself for each request: see `tests.forked`."""

import atexit
import gc
import importlib
import io
import json
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).parent / "khabar")


def prepare() -> None:
    """Import what commands import, in the order of `khabar.__main__`; no model is opened."""
    sys.path[0] = str(Path(PROGRAM).parent)  # as for the script
    for name in ("khabar.__main__", "khabar.cli.app", "khabar.entities.one_thread"):
        importlib.import_module(name)
    sys.modules["khabar.entities.one_thread"].keep_process_to_one_thread()
    for name in sys.modules["khabar.cli.app"].COMMANDS:
        with suppress(ImportError):  # of an extra that is not installed; who asks for it is told so
            importlib.import_module(f"khabar.cli.commands.{name}")
    registry = importlib.import_module("khabar.extractors.registry")
    for name in registry.names():
        importlib.import_module(f"khabar.extractors.{name}")
    sys.modules["redis.utils"].get_lib_version = cache(
        sys.modules["redis.utils"].get_lib_version
    )  # as tests/conftest.py
    gc.collect()
    gc.freeze()  # a collection in a fork must not write to every page that it shares


def next_request(control: socket.socket) -> tuple[bool, list[str], dict[str, str], str, list[int | None]]:
    """Serve until this process is the fork that has to become a command; ends with who asks."""
    while True:
        size, descriptors, _, _ = socket.recv_fds(control, 4, 4)
        if not size:
            os._exit(0)
        arguments, environment, folder, is_open, ends_early = json.loads(
            _received(control, int.from_bytes(size, "little"))
        )
        if os.fork() == 0:
            control.close()
            reply = socket.socket(fileno=descriptors.pop(0))
            if (child := os.fork()) == 0:
                reply.close()
                streams = [descriptors.pop(0) if each else None for each in is_open]
                return ends_early, arguments, environment, folder, streams
            for descriptor in descriptors:
                os.close(descriptor)
            _watch(child, reply)
        for descriptor in descriptors:
            os.close(descriptor)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _received(control: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += control.recv(size - len(data))
    return data


def _watch(child: int, reply: socket.socket) -> None:
    """Tell its id, and once it has ended its exit status and processor time in seconds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command
    with suppress(BrokenPipeError):
        reply.sendall(str(child).encode())
        _, status, used = os.wait4(child, 0)
        reply.sendall(json.dumps([status, used.ru_utime + used.ru_stime]).encode())
    os._exit(0)


def become(arguments: list[str], environment: dict[str, str], folder: str, streams: list[int | None]) -> None:
    """Give this process what a command has when `khabar.__main__.main` begins."""
    names = ("stdin", "stdout", "stderr")
    for number, (name, stream) in enumerate(zip(names, streams, strict=True)):
        before = getattr(sys, name)
        if stream is None:
            os.close(number)
        else:
            os.dup2(stream, number)
            os.close(stream)
        opened = None if stream is None else _opened(number, before)  # as Python itself finds a closed one
        setattr(sys, name, opened)
        setattr(sys, f"__{name}__", opened)
    os.chdir(folder)
    ours, theirs = (_folders(each.get("PYTHONPATH")) for each in (os.environ, environment))
    sys.path[1:] = [*theirs, *(path for path in sys.path[1:] if path not in ours)]
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [PROGRAM, *arguments]


def _folders(path: str | None) -> list[str]:
    return [folder for folder in (path or "").split(os.pathsep) if folder]


def _opened(number: int, like: Any) -> io.TextIOWrapper:
    """Open a standard stream as Python does at its start."""
    raw = io.FileIO(number, "r" if number == 0 else "w", closefd=False)
    buffered: Any = io.BufferedReader(raw) if number == 0 else raw if like.write_through else io.BufferedWriter(raw)
    return io.TextIOWrapper(
        buffered,
        like.encoding,
        like.errors,
        newline=None if number == 0 else "\n",
        line_buffering=number == 2 or raw.isatty(),
        write_through=number > 0 and like.write_through,
    )


def end(code: object) -> None:
    """End as Python does, without taking a thousand modules down; return where only Python knows how."""
    if not (code is None or isinstance(code, int)) or threading.active_count() > 1:
        return
    with suppress(OSError, ValueError):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
        atexit._run_exitfuncs()
        os._exit(code or 0)


if __name__ == "__main__":
    prepare()
    ends_early, *request = next_request(socket.socket(fileno=int(sys.argv[1])))
    become(*request)
    try:
        sys.modules["khabar.__main__"].main()
    except SystemExit as ended:
        if ends_early:
            end(ended.code)
        raise
