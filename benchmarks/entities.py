"""Measures both recognizers on this machine against python-crfsuite on the same features, in one run and one thread.

    python -m benchmarks.entities [--text FILE.jsonl]

The CRF reads each word's features at five places and is trained here for a few rounds on what the recognizer found: its
speed does not depend on how well it learned. All take documents that are segmented already. Without onnxruntime the
accurate one is left out.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.texts import add_text_option, articles
from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.entities.accurate.encoder import EncoderUnavailable
from khabar.entities.accurate.recognizer import AccurateRecognizer
from khabar.entities.fast.features import features, units, word_type
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.messages.article import parse_article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document

Opened = TypeVar("Opened")
ARTICLES = 1_000
TRAINING_ARTICLES = 100
ROUNDS = 10
REACH = 2
SHORT, LONG = 280, 320  # words of "a 300-word article"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # must be set before numpy is imported


def documents(path: Path) -> list[Document]:
    """Return segmented documents."""
    engine = FarasaEmbedded()
    found = []
    for line in articles(path, ARTICLES):
        document = Document.of(parse_article(line))
        split(document)
        segment(document, engine)
        if document.tokens:
            found.append(document)
    return found


def crf(training: Sequence[Document], recognizer: FastRecognizer) -> Callable[[Document], object]:
    """Train a CRF on what the recognizer found; the function returned labels a document, features and all."""
    import pycrfsuite

    memo: dict[str, list[str]] = {}

    def sequences(document: Document) -> list[list[list[str]]]:
        found = units(document)
        words = [memo.get(kind) or memo.setdefault(kind, list(features(word_type(kind)))) for kind in found.types]
        return [
            [
                [
                    f"{place}{name}"
                    for place in range(-REACH, REACH + 1)
                    if first <= index + place < last
                    for name in words[index + place]
                ]
                for index in range(first, last)
            ]
            for first, last in pairwise(found.starts)
        ]

    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"max_iterations": ROUNDS, "c2": 1.0})
    for document in training:
        inside = [(name.start, name.end, name.type) for name in recognizer.recognize(document)]
        found = units(document)
        tags = [
            next((kind for start, end, kind in inside if start < document.tokens.end[token] <= end), "O")
            for token in found.tokens
        ]
        for (first, last), sequence in zip(pairwise(found.starts), sequences(document), strict=True):
            trainer.append(sequence, tags[first:last])
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "crf")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        return lambda document: [tagger.tag(sequence) for sequence in sequences(document)]


def timed(name: str, build: Callable[[], Opened]) -> Opened:
    """Open a recognizer and print how long that takes."""
    began = time.perf_counter()
    opened = build()
    print(f"{name} opened in {(time.perf_counter() - began) * 1e3:.0f} ms")
    return opened


def measure(name: str, run: Callable[[Document], object], texts: Sequence[Document]) -> None:
    """Print tokens for each second of the processor over all texts, twice, and the median time of a 300-word article."""
    tokens = sum(len(document.tokens) for document in texts)
    rates = []
    for _ in range(2):
        began = time.process_time()
        for document in texts:
            run(document)
        rates.append(tokens / (time.process_time() - began))
    times = []
    for document in texts:
        if SHORT <= len(document.tokens.words) <= LONG:
            best = float("inf")
            for _ in range(5):
                began = time.process_time()
                run(document)
                best = min(best, time.process_time() - began)
            times.append(best)
    article = f"{np.median(times) * 1e3:.2f} ms" if times else "no such article"
    words = rates[1] * sum(len(document.tokens.words) for document in texts) / tokens
    print(
        f"{name:<18}{rates[0]:>12,.0f} tokens/s{rates[1]:>12,.0f} again ({words:,.0f} words/s)   300 words: {article}"
    )


def main() -> None:
    """Measure all on the same documents."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_text_option(parser)
    options = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.entities", *sys.argv[1:]], os.environ | ONE_THREAD)
    texts = documents(options.text)
    few = texts[:TRAINING_ARTICLES]
    fast = timed("fast", FastRecognizer)
    measure("fast", fast.recognize, texts)
    measure("python-crfsuite", crf(few, fast), few)
    try:
        accurate = timed("accurate", lambda: AccurateRecognizer(fast=fast))
    except EncoderUnavailable as error:
        print(f"accurate: left out, {error}")
    else:
        measure("accurate", accurate.recognize, few)


if __name__ == "__main__":
    main()
