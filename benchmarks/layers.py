"""What each layer costs: processor time of an article of 300 tokens, its share of the whole, and its ratio to segmentation.

The ratios are compared with those that benchmarks/layers.json has for the same text, and what became a fifth slower is named: a
ratio of one run holds on any machine. `--record` writes them anew.

python -m benchmarks.layers [--text FILE.jsonl] [--articles 400] [--record]
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.texts import add_text_option, articles
from khabar.bootstrap import build_engine
from khabar.extractors.registry import load
from khabar.messages.article import parse_article
from khabar.pipeline.fingerprint import fingerprint
from khabar.pipeline.segment import segment, split
from khabar.settings import Settings
from khabar.text.document import Document

TOKENS = 300
RUNS = 5
SEGMENTATION = "normalize, segment"
RECORDED = Path(__file__).with_name("layers.json")
SLOWER = 1.2
LEAST = 0.1  # of segmentation: what costs less is too short to measure


def main() -> None:
    """Print a markdown table; each figure is the least of five runs over all articles."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layers", description=__doc__.splitlines()[0])
    add_text_option(parser)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--record", action="store_true", help=f"write the ratios to {RECORDED.name}")
    options = parser.parse_args()
    engine = build_engine(Settings())
    read = [parse_article(line) for line in articles(options.text, options.articles)]
    documents: list[Document] = []

    def prepare() -> None:
        documents[:] = [Document.of(article) for article in read]
        for document in documents:
            split(document)
            segment(document, engine)

    costs = {SEGMENTATION: min(seconds(prepare) for _ in range(RUNS))}
    tokens = sum(len(document.tokens) for document in documents)
    extractors = load()
    for run in range(RUNS):
        for document in documents:  # what one layer finds for another is found once an article
            document.shared.clear()
            document.layers.clear()
        for extractor in extractors:

            def fill() -> None:
                for document in documents:
                    document.layers[extractor.layer] = extractor.extract(document)  # noqa: B023 - called at once

            cost = seconds(fill)
            costs[extractor.layer] = cost if run == 0 else min(cost, costs[extractor.layer])

        def sketch() -> None:
            for document in documents:
                fingerprint(document)

        cost = seconds(sketch)
        costs["fingerprint"] = cost if run == 0 else min(cost, costs["fingerprint"])
    total = sum(costs.values())
    print(
        f"{len(documents)} articles, {tokens:,} tokens\n\n| step | µs for {TOKENS} tokens | share | ratio to segmentation |"
    )
    print("|---|---:|---:|---:|")
    ratios = {step: round(cost / costs[SEGMENTATION], 2) for step, cost in (*costs.items(), ("all", total))}
    for step, cost in (*costs.items(), ("all", total)):
        print(f"| {step} | {cost / tokens * TOKENS * 1e6:,.0f} | {cost / total:.0%} | {ratios[step]} |")
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.is_file() else {}
    text = f"{options.text.name if options.text.is_file() else 'written articles'}, {len(documents)}"
    for line in slower(recorded.get(text, {}), ratios):
        print(line)
    if options.record:
        recorded[text] = ratios
        RECORDED.write_text(json.dumps(recorded, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def slower(before: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """Return a line for each step whose ratio to segmentation grew by a fifth or more."""
    return [
        f"SLOWER: {step} was {before[step]} times segmentation and is {ratio}"
        for step, ratio in now.items()
        if step in before and ratio >= SLOWER * max(before[step], LEAST)
    ]


def seconds(run: Callable[[], None]) -> float:
    """Return the process's own time for a run."""
    start = time.process_time()
    run()
    return time.process_time() - start


if __name__ == "__main__":
    main()
