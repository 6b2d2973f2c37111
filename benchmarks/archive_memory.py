"""Resident memory of one khabar.Extractor over many articles: python -m benchmarks.archive_memory ARTICLES [LAYER …].

Flat: from a tenth of the articles on, no reading is 5 % above the one at that tenth.
"""

import gzip
import itertools
import sys
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


def articles(path: str | None) -> Iterator[object]:
    """Give out articles without end: those of a file again and again, or made ones, each different."""
    if path is None:
        yield from (article(number, sentences=3 + number % 12) for number in itertools.count())
    while path is not None:
        with gzip.open(path) as file:
            yield from (line.strip() for line in file)


def main() -> None:
    """Print a reading each twentieth of the way."""
    count = int(sys.argv[1])
    path = next((each for each in sys.argv[2:] if each.endswith(".gz")), None)
    layers = tuple(each for each in sys.argv[2:] if each != path) or None
    extractor = khabar.Extractor(recognizer="fast", layers=layers)
    source = articles(path)
    readings: list[int] = []
    done = 0
    while done < count:
        rows = extractor(list(itertools.islice(source, BATCH)))
        done += len(rows)
        if done * READINGS // count > len(readings):
            readings.append(rss_kb())
            print(f"{done:>9,} articles {readings[-1] / 1024:8.1f} MiB", flush=True)
    first, most = readings[1], max(readings[2:])
    print(f"growth after the first tenth: {100 * (most - first) / first:+.1f} %")


if __name__ == "__main__":
    main()
