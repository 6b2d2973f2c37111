"""Measures segmentation on this machine: ours and PyFarasa's on the same text, each in a process of its own.

    python -m benchmarks.segmentation [--text FILE.jsonl]

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

from benchmarks.texts import add_text_option, articles
from khabar.messages.article import Article, parse_article

ARTICLES = 4_000
COLD_ARTICLES = 200
MARKS = re.compile("[\u0640\u064b-\u0652\u0670]+")
# Odd items of the split are tokens: Arabic words with their marks, other words and numbers, single signs.
TOKENS = re.compile("([ء-غـ-ْٰ]+|\\w+|[^\\w\\s])")


def texts(path: Path) -> list[str]:
    """Return the text of each article."""
    return [parse_article(line).text for line in articles(path, ARTICLES)]


def tokenize(text: str) -> tuple[list[str], list[int], list[int]]:
    """Return N words without marks, and their starts and ends in the text as it is."""
    parts = TOKENS.split(text)
    ends = list(accumulate(map(len, parts)))
    words = parts[1::2]
    if MARKS.search(text):
        words = MARKS.sub("", "\n".join(words)).split("\n")
    return words, ends[:-1:2], ends[1::2]


def engine() -> Callable[[str], int]:
    """Open our engine; the function returned splits a text at spaces and signs, with offsets, and segments its words."""
    from khabar.engines.farasa_embedded import FarasaEmbedded

    segment = FarasaEmbedded().segment

    def run(text: str) -> int:
        words, starts, ends = tokenize(text)
        segmentations = segment(words)
        assert len(segmentations) == len(starts) == len(ends)
        return len(segmentations)

    return run


def pipeline() -> Callable[[str], int]:
    """Open the pipeline's first two steps: normalization with its map, paragraphs, sentences, tokens, segments."""
    from khabar.engines.farasa_embedded import FarasaEmbedded
    from khabar.pipeline.segment import segment, split
    from khabar.text.document import Document

    farasa = FarasaEmbedded()

    def run(text: str) -> int:
        document = Document.of(Article(id="", body=text))
        split(document)
        segment(document, farasa)
        return len(document.tokens)

    return run


def tokenizer_alone() -> Callable[[str], int]:
    """Our tokenizer without the engine."""
    return lambda text: len(tokenize(text)[0])


def pyfarasa() -> Callable[[str], int]:
    """Open PyFarasa; it has a tokenizer of its own, and no offsets."""
    from farasa.segmentation import segmentLine  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return lambda text: len(segmentLine(text))


RUNS = {"engine": engine, "pipeline": pipeline, "pyfarasa": pyfarasa, "tokenizer": tokenizer_alone}


def private_bytes() -> int:
    """Return this process's memory that no other can share: file pages that only one happens to map are left out."""
    rollup = Path("/proc/self/smaps_rollup")
    if rollup.exists():
        return 1024 * int(re.search(r"^Anonymous:\s+(\d+)", rollup.read_text(), re.MULTILINE)[1])  # type: ignore[index]
    return int(psutil.Process().memory_full_info().uss)


def measure(name: str, path: Path) -> dict[str, float]:
    """Run one engine in this process."""
    corpus = texts(path)
    before = private_bytes()
    started = time.perf_counter()
    run = RUNS[name]()
    open_s = time.perf_counter() - started
    opened = private_bytes()

    def speed(part: list[str]) -> tuple[int, float]:
        start = time.perf_counter()
        count = sum(map(run, part))
        return count, time.perf_counter() - start

    cold_tokens, cold_s = speed(corpus[:COLD_ARTICLES])
    rest_tokens, rest_s = speed(corpus[COLD_ARTICLES:])
    used = private_bytes()
    speed(corpus[:COLD_ARTICLES])
    warm_tokens, warm_s = speed(corpus[:COLD_ARTICLES])
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
    add_text_option(parser)
    parser.add_argument("--engine", choices=RUNS, help=argparse.SUPPRESS)  # how the children are started
    arguments = parser.parse_args()
    if arguments.engine:
        print(json.dumps(measure(arguments.engine, arguments.text)))
        return 0
    if ours_converts():
        print("(converted the model first)")
    results = {}
    for name in RUNS:
        command = [sys.executable, "-m", "benchmarks.segmentation", "--text", str(arguments.text), "--engine", name]
        child = subprocess.run(command, check=True, capture_output=True, text=True)
        results[name] = json.loads(child.stdout)
    print(f"{'':34}{'engine':>12}{'pipeline':>12}{'PyFarasa':>12}   ratios to PyFarasa")
    for label, key, decimals in (
        (f"tokens/s, cold ({COLD_ARTICLES} articles)", "cold", 0),
        ("tokens/s, whole text", "corpus", 0),
        ("tokens/s, whole text and opening", "corpus_with_open", 0),
        ("tokens/s, those articles again", "warm", 0),
        ("open, s", "open_s", 2),
        ("private memory, opened, MB", "open_mb", 0),
        ("private memory, text done, MB", "used_mb", 0),
    ):
        own, steps, other = (results[name][key] for name in ("engine", "pipeline", "pyfarasa"))
        figures = "".join(f"{figure:12,.{decimals}f}" for figure in (own, steps, other))
        print(f"{label:34}{figures}   {own / other:.2f}, {steps / other:.2f}")
    total, tokenizing = results["engine"]["us_per_token"], results["tokenizer"]["us_per_token"]
    warm = 1e6 / results["engine"]["warm"]
    print(
        f"engine, us a token over the text: {total:.2f} = tokenizing with offsets {tokenizing:.2f} "
        f"+ memo {max(warm - tokenizing, 0):.2f} + words not in the memo {max(total - warm, 0):.2f}"
    )
    return 0


def ours_converts() -> bool:
    """Open our model once, so that a first conversion is in no measurement; say whether it took one."""
    started = time.perf_counter()
    engine()
    return time.perf_counter() - started > 1


if __name__ == "__main__":
    sys.exit(main())
