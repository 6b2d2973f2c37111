"""What each layer costs: processor time of an article of 300 tokens, and the share of the whole pipeline.

python -m benchmarks.layers [--text FILE.jsonl] [--articles 400]
"""

import argparse
import time
from collections.abc import Callable

from benchmarks.texts import add_text_option, articles
from khabar.bootstrap import build_engine
from khabar.extractors.registry import load
from khabar.messages.article import parse_article
from khabar.pipeline.segment import segment, split
from khabar.settings import Settings
from khabar.text.document import Document

TOKENS = 300
RUNS = 5


def main() -> None:
    """Print a markdown table; each figure is the least of five runs over all articles."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layers", description=__doc__.splitlines()[0])
    add_text_option(parser)
    parser.add_argument("--articles", type=int, default=400)
    options = parser.parse_args()
    engine = build_engine(Settings())
    read = [parse_article(line) for line in articles(options.text, options.articles)]
    documents: list[Document] = []

    def prepare() -> None:
        documents[:] = [Document.of(article) for article in read]
        for document in documents:
            split(document)
            segment(document, engine)

    costs = {"normalize, segment": min(seconds(prepare) for _ in range(RUNS))}
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
    total = sum(costs.values())
    print(f"{len(documents)} articles, {tokens:,} tokens\n\n| step | µs for {TOKENS} tokens | share |\n|---|---:|---:|")
    for step, cost in costs.items():
        print(f"| {step} | {cost / tokens * TOKENS * 1e6:,.0f} | {cost / total:.0%} |")
    print(f"| all | {total / tokens * TOKENS * 1e6:,.0f} | |")


def seconds(run: Callable[[], None]) -> float:
    """Return the process's own time for a run."""
    start = time.process_time()
    run()
    return time.process_time() - start


if __name__ == "__main__":
    main()
