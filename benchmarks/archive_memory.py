"""Resident memory of one khabar.Extractor: python -m benchmarks.archive_memory [WARM+]COUNT [CHARS] [FILE …] [LAYER …].

Flat: after WARM articles, a tenth of COUNT if not given, no reading is 5 % above the one at that place. Caches of words are
bounded, and fill with the first few thousand whole articles. Articles of files are cut into pieces of
CHARS characters, each an article of its own, so that a hundred thousand with all layers take half an hour instead of hours and
the vocabulary stays that of the press; after the last one the files begin anew with other ids and other pieces.
"""

import gzip
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import khabar
from tests.articles import article

BATCH = 64
READINGS = 20


def rss_kb() -> int:
    """Return this process's resident memory, files that it has mapped left out: the kernel drops those at will."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1])


def made(sentences: int) -> Iterator[object]:
    """Give out made articles without end, each different."""
    yield from (article(number, sentences=1 + number % sentences) for number in itertools.count())


def pieces(paths: list[str], chars: int) -> Iterator[object]:
    """Give out the pieces of the files' articles without end; each pass cuts at other places."""
    for turn in itertools.count():
        for number, line in enumerate(itertools.chain.from_iterable(map(lines, paths))):
            fields = json.loads(line)
            name = next((key for key in ("body", "text", "content") if fields.get(key)), None)
            if name is None:
                continue
            text = fields.pop(name)
            fields.pop("url", None)
            for start in range(7 * turn % chars, len(text), chars):
                yield fields | {"id": f"{turn}-{number}-{start}", name: text[start : start + chars]}


def lines(path: str) -> Iterator[bytes]:
    """Read a file, compressed or not."""
    with gzip.open(path) if path.endswith(".gz") else Path(path).open("rb") as file:
        yield from file


def main() -> None:
    """Print a reading each twentieth of the way."""
    given, *rest = sys.argv[1:]
    warm, _, count = given.rpartition("+")
    total, start = int(warm or 0) + int(count), int(warm or int(count) // 10)
    chars = next((int(each) for each in rest if each.isdigit()), 2_000)
    paths = [each for each in rest if Path(each).is_file()]
    layers = tuple(each for each in rest if each not in paths and not each.isdigit()) or None
    extractor = khabar.Extractor(recognizer="fast", layers=layers)
    source = pieces(paths, chars) if paths else made(max(1, chars // 170))
    readings: list[tuple[int, int]] = []
    done = rejected = 0
    while done < total:
        rows = extractor(list(itertools.islice(source, BATCH)))
        done += len(rows)
        rejected += sum(row["record"] is None for row in rows)
        if done * READINGS // total > len(readings):
            readings.append((done, rss_kb()))
            ms = 1000 * time.process_time() / done
            print(
                f"{done:>9,} articles {readings[-1][1] / 1024:8.1f} MiB {ms:6.1f} ms {rejected:,} rejected", flush=True
            )
    first = next(kb for at, kb in readings if at >= start)
    print(f"growth after {start:,}: {100 * (max(kb for at, kb in readings if at >= start) - first) / first:+.1f} %")


if __name__ == "__main__":
    main()
