"""A producer as a process of its own: `python -m tests.faults.producer URL FILE` pushes a file of JSON lines when told to.

It says `ready` and waits for a line on its standard input, so that many can push in the same moment.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, cast

import orjson

from khabar.publishing.publisher import ArticlePublisher
from tests.faults.history import History
from tests.waiting import PATIENCE_S

BATCH = 10  # small, so that the pushes of many producers mix


def push_at_once(url: str, file: Path, count: int) -> None:
    """Push the same file from so many processes in the same moment; every article is accepted so many times."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.faults.producer", url, str(file)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) for _ in range(count)]
    for process in started:
        assert cast("IO[bytes]", process.stdout).readline() == b"ready\n"
    for process in started:
        cast("IO[bytes]", process.stdin).write(b"go\n")
        cast("IO[bytes]", process.stdin).flush()
    codes = [process.wait(PATIENCE_S) for process in started]
    for process in started:
        process.communicate()
    assert codes == [0] * count, codes


def main() -> None:
    """Push when told to."""
    url, file = sys.argv[1:]
    lines = Path(file).read_bytes().splitlines()
    names = [orjson.loads(line)["id"] for line in lines]
    with ArticlePublisher(url, batch=BATCH) as publisher:
        print("ready", flush=True)  # noqa: T201  # for the process that started this one
        sys.stdin.readline()
        with History(Path(file).parent).doing(f"producer:{os.getpid()}", "push", names):
            publisher.publish(lines)


if __name__ == "__main__":
    main()
