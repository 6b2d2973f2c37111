"""Resident memory of one khabar.Extractor: python -m benchmarks.archive_memory [WARM+]COUNT [CHARS] [FILE …] [LAYER …].

Flat: after WARM articles, a tenth of COUNT if not given, no reading is 5 % above the one at that place. With CHARS, articles of
files are cut into pieces of so many characters, each an article of its own, which takes less time. After the last article the
files begin anew, with other ids, other digits and one word in 25 spelled anew, so that word types keep coming as in an archive.
"""

import gzip
import itertools
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import khabar
from tests.articles import article

BATCH = 64
READINGS = 20
NEW, SHORT = 0.04, 3
LETTERS = "بتثجحخدذرزسشصضطظعغفقكلمنهي"


def rss_kb() -> int:
    """Return this process's resident memory, files that it has mapped left out: the kernel drops those at will."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1])


def made(sentences: int) -> Iterator[object]:
    """Give out made articles without end, each different."""
    yield from (article(number, sentences=1 + number % sentences) for number in itertools.count())


def articles(paths: list[str], chars: int | None) -> Iterator[object]:
    """Give out the files' articles, or pieces of them, without end; each pass has other word types."""
    for turn in itertools.count():
        dice = random.Random(turn)
        for number, line in enumerate(itertools.chain.from_iterable(map(lines, paths))):
            fields = json.loads(line)
            name = next((key for key in ("body", "text", "content") if fields.get(key)), None)
            if name is None:
                continue
            text = fields.pop(name) if turn == 0 else varied(fields.pop(name), dice)
            fields.pop("url", None)
            for start in range(0, len(text), chars or len(text)):
                yield fields | {"id": f"{turn}-{number}-{start}", name: text[start:][:chars]}


def varied(text: str, dice: random.Random) -> str:
    """Return a text with other digits, and with another letter in one word of 25."""
    words = re.sub("[0-9]", lambda _: dice.choice("0123456789"), text).split(" ")
    for number, word in enumerate(words):
        if len(word) > SHORT and dice.random() < NEW:
            at = dice.randrange(1, len(word) - 1)
            words[number] = word[:at] + dice.choice(LETTERS) + word[at + 1 :]
    return " ".join(words)


def lines(path: str) -> Iterator[bytes]:
    """Read a file, compressed or not."""
    with gzip.open(path) if path.endswith(".gz") else Path(path).open("rb") as file:
        yield from file


def main() -> None:
    """Print a reading each twentieth of the way."""
    given, *rest = sys.argv[1:]
    warm, _, count = given.rpartition("+")
    total, start = int(warm or 0) + int(count), int(warm or int(count) // 10)
    chars = next((int(each) for each in rest if each.isdigit()), None)
    paths = [each for each in rest if Path(each).is_file()]
    layers = tuple(each for each in rest if each not in paths and not each.isdigit()) or None
    extractor = khabar.Extractor(recognizer="fast", layers=layers)
    source = articles(paths, chars) if paths else made(max(1, (chars or 2_000) // 170))
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
