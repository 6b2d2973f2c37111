"""No input, however it is made, costs more than a bounded part of memory."""

import gzip
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from khabar.errors import Code
from khabar.sources import open_source

MIB = 1 << 20
BOMB_MIB = 150
SPARE_BYTES = 120 * MIB  # less than the bomb, more than any reading needs above the interpreter

# Reads all items, and says what it took: of this program alone, for getrusage also counts what the process was before it.
READS = """
import sys
from khabar.errors import SourceError
from khabar.sources import open_source
items, error = [], ""
try:
    for item in open_source(sys.argv[1], format=sys.argv[2]).items():
        items.append(item.error.code.value if item.error else "good")
except SourceError as raised:
    error = str(raised)
print(len(items), *items[:3], error)
[peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM:")]
print(1024 * int(peak.split()[1]), file=sys.stderr)
"""


def bomb(path: Path, head: bytes, chunk: bytes, tail: bytes = b"") -> Path:
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(head)
        for _ in range(BOMB_MIB * MIB // len(chunk)):
            file.write(chunk)
        file.write(tail)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read in /proc")
@pytest.mark.parametrize(
    ("format", "head", "chunk", "tail", "said"),
    [
        ("csv", b"", b"\0" * MIB, b"", "0 "),
        ("csv", b"title,body\n", b"x" * MIB, b"\n\xd8\xb9,\xd9\x86\n", "2 too_large good"),
        ("csv", b'title,body\n"', b"x" * (MIB // 4) + b"\n", b'",y\n', ""),
        ("jsonl", b'{"text": "', b"x" * MIB, b'"}\n{"text": "x"}', "2 too_large good"),
        ("json", b'[{"text": "', b"x" * MIB, b'"}, {"text": "x"}]', "2 too_large good"),
        ("text", b"", b"x" * MIB, b"", "1 too_large"),
    ],
    ids=["header", "row", "row of many lines", "json lines", "json", "text"],
)
def test_a_bomb_is_read_in_bounded_memory(
    tmp_path: Path, format: str, head: bytes, chunk: bytes, tail: bytes, said: str
) -> None:
    """2 MB of .csv.gz took 4.4 GB."""
    path = bomb(tmp_path / "a.gz", head, chunk, tail)
    done = subprocess.run(
        [sys.executable, "-c", READS, str(path), format],
        capture_output=True,
        text=True,
        timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (SPARE_BYTES, SPARE_BYTES)),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(said)
    assert int(done.stderr) < SPARE_BYTES


def test_a_row_over_the_limit_costs_that_row(tmp_path: Path) -> None:
    """Whether it is one long line or many; the places of the others are right."""
    long = "س" * 300_000
    rows = ["title,body", "أ,ب", f"ج,{long}", "د,هـ", f'"{long}', 'و"', "ز,ح"]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(rows).encode())
    items = list(open_source(path).items(max_bytes=50_000))
    assert [item.error and item.error.code for item in items][:3] == [None, Code.TOO_LARGE, None]
    assert [item.where for item in items if not item.error] == [f"{path}:{number}" for number in (2, 4, 7)]


def test_a_line_that_begins_with_much_white_space_is_not_taken_for_empty(tmp_path: Path) -> None:
    """It was passed over without a word."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "x"}\n' + b" " * 200_000 + b'{"text": "y"}\n{"text": "z"}')
    items = list(open_source(path).items(max_bytes=100_000))
    assert [item.error and item.error.code for item in items] == [None, Code.TOO_LARGE, None]
