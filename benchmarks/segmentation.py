"""Measures segmentation on this machine: ours and PyFarasa's on the same text, each in a process of its own.

    python benchmarks/segmentation.py [--text FILE.jsonl]

Prints tokens per second from a cold start (first 200 articles), over the whole text, and again with everything seen;
the time to open and the private memory; and where our time goes.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

COLD_ARTICLES = 200
MARKS = re.compile("[\u0640\u064b-\u0652\u0670]+")
# Odd items of the split are tokens: Arabic words with their marks, other words and numbers, single signs.
TOKENS = re.compile("([ء-غـ-ْٰ]+|\\w+|[^\\w\\s])")


def texts(path: Path) -> list[str]:
    """Read title and body of each article."""
    with path.open(encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    return [f"{article.get('title') or ''}\n\n{article.get('content') or ''}" for article in articles]


def tokenize(text: str) -> tuple[list[str], list[int], list[int]]:
    """Return N words without marks, and their starts and ends in the text as it is."""
    parts = TOKENS.split(text)
    ends = list(accumulate(map(len, parts)))
    words = parts[1::2]
    if MARKS.search(text):
        words = MARKS.sub("", "\n".join(words)).split("\n")
    return words, ends[:-1:2], ends[1::2]


def ours() -> Callable[[str], int]:
    """Open our engine; the function returned segments a text with offsets and returns how many tokens it had."""
    from worker.engines.farasa_embedded import FarasaEmbedded

    segment = FarasaEmbedded().segment

    def run(text: str) -> int:
        words, starts, ends = tokenize(text)
        segmentations = segment(words)
        assert len(segmentations) == len(starts) == len(ends)
        return len(segmentations)

    return run


def tokenizer_alone() -> Callable[[str], int]:
    """Our tokenizer without the engine."""
    return lambda text: len(tokenize(text)[0])


def pyfarasa() -> Callable[[str], int]:
    """Open PyFarasa; it has a tokenizer of its own, and no offsets."""
    from farasa.segmentation import segmentLine  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return lambda text: len(segmentLine(text))


RUNS = {"ours": ours, "pyfarasa": pyfarasa, "tokenizer": tokenizer_alone}


def private_bytes() -> int:
    """Return this process's memory that no other can share: file pages that only one happens to map are left out."""
    rollup = Path("/proc/self/smaps_rollup")
    if rollup.exists():
        return 1024 * int(re.search(r"^Anonymous:\s+(\d+)", rollup.read_text(), re.MULTILINE)[1])  # type: ignore[index]
    return int(psutil.Process().memory_full_info().uss)


def measure(name: str, path: Path) -> dict[str, float]:
    """Run one engine in this process."""
    articles = texts(path)
    before = private_bytes()
    started = time.perf_counter()
    run = RUNS[name]()
    open_s = time.perf_counter() - started
    opened = private_bytes()

    def speed(part: list[str]) -> tuple[int, float]:
        start = time.perf_counter()
        count = sum(map(run, part))
        return count, time.perf_counter() - start

    cold_tokens, cold_s = speed(articles[:COLD_ARTICLES])
    rest_tokens, rest_s = speed(articles[COLD_ARTICLES:])
    used = private_bytes()
    speed(articles[:COLD_ARTICLES])
    warm_tokens, warm_s = speed(articles[:COLD_ARTICLES])
    return {
        "open_s": open_s,
        "open_mb": (opened - before) / 1e6,
        "used_mb": (used - before) / 1e6,
        "tokens": cold_tokens + rest_tokens,
        "cold": cold_tokens / cold_s,
        "corpus": (cold_tokens + rest_tokens) / (cold_s + rest_s),
        "corpus_with_open": (cold_tokens + rest_tokens) / (cold_s + rest_s + open_s),
        "warm": warm_tokens / warm_s,
        "us_per_token": (cold_s + rest_s) / (cold_tokens + rest_tokens) * 1e6,
    }


def main() -> int:
    """Measure each engine in a child and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, default=ROOT.parent / "shared/data/news/sample.jsonl")
    parser.add_argument("--engine", choices=RUNS, help=argparse.SUPPRESS)  # how the children are started
    arguments = parser.parse_args()
    if not arguments.text.is_file():
        print(f"no text at {arguments.text}: name a JSON-lines file with title and content, --text FILE.jsonl")
        return 2
    if arguments.engine:
        print(json.dumps(measure(arguments.engine, arguments.text)))
        return 0
    if ours_converts():
        print("(converted the model first)")
    results = {}
    for name in RUNS:
        command = [sys.executable, __file__, "--text", str(arguments.text), "--engine", name]
        child = subprocess.run(command, check=True, capture_output=True, text=True)
        results[name] = json.loads(child.stdout)
    own, other = results["ours"], results["pyfarasa"]
    print(f"{'':34}{'ours':>12}{'PyFarasa':>12}{'ratio':>8}")
    for label, key in (
        (f"tokens/s, cold ({COLD_ARTICLES} articles)", "cold"),
        ("tokens/s, whole text", "corpus"),
        ("tokens/s, whole text and opening", "corpus_with_open"),
        ("tokens/s, those articles again", "warm"),
    ):
        print(f"{label:34}{own[key]:12,.0f}{other[key]:12,.0f}{own[key] / other[key]:8.1f}")
    for label, key in (
        ("open, s", "open_s"),
        ("private memory, opened, MB", "open_mb"),
        ("private memory, text done, MB", "used_mb"),
    ):
        print(f"{label:34}{own[key]:12,.2f}{other[key]:12,.2f}{own[key] / other[key]:8.2f}")
    total, tokenizing = own["us_per_token"], results["tokenizer"]["us_per_token"]
    warm = 1e6 / own["warm"]
    print(
        f"us a token over the text: {total:.2f} = tokenizing with offsets {tokenizing:.2f} "
        f"+ memo {max(warm - tokenizing, 0):.2f} + words not in the memo {max(total - warm, 0):.2f}"
    )
    return 0


def ours_converts() -> bool:
    """Open our model once, so that a first conversion is in no measurement; say whether it took one."""
    started = time.perf_counter()
    ours()
    return time.perf_counter() - started > 1


if __name__ == "__main__":
    sys.exit(main())
