"""What grouping costs an article in windows of 10,000 to 1,000,000: `python -m benchmarks.stories RECORDS.jsonl [SIZES...]`.

A window is filled with the digests of the file's records, again and again, each time with the words, names, places, figures and
shingles exchanged for others that stand in about as many articles. So a term stands in a share of the articles that does not
depend on their number, as in a longer file; and no copy has company of another round. They are filled in as the service brings
back its state, which decides nothing. Then records of the file, which the window does not hold, are read, grouped and told.

Printed for each size: milliseconds of one core an article (median and mean of the probes), bytes of the service's memory and of
the broker's an article, seconds to fill the window.
"""

import gc
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from khabar.stories.digest import Digest, digest
from khabar.stories.grouping import Grouping
from khabar.stories.keeper import Keeper, Writes
from khabar.stories.members import Article
from khabar.stories.members import Story as OpenStory
from khabar.stories.needed import read_needed
from khabar.stories.packing import COLUMNS, PackedArticle, pack_article, pack_story, unpack_article
from khabar.stories.state import Restorer
from khabar.stories.telling import Told, told_of
from khabar.stories.terms import Rarity
from tests.broker import Broker

SIZES = (10_000, 100_000, 1_000_000)
PROBES = 400
IN_BROKER = 20_000  # articles, of which the broker's memory is measured
STORY = 3  # articles of each story that is filled in
BEGIN = 20_000.0  # days since 1970
TERMS = ("words", "lead", "title", "names", "places", "figures")


def main() -> None:
    """Measure, and print a line a size."""
    lines = Path(sys.argv[1]).read_bytes().splitlines()
    sizes = [int(each) for each in sys.argv[2:]] or SIZES
    probes, corpus = lines[:PROBES], [_read(line) for line in lines[PROBES:]]
    exchange = Exchange([each for each, _ in corpus])
    print(f"broker: {broker_bytes(corpus, exchange):,.0f} bytes an article")
    print("articles  median ms  mean ms  resident bytes an article  tables  seconds to fill")
    for size in sizes:
        gc.collect()
        before = _resident()
        start = time.process_time()
        grouping = filled(corpus, exchange, size)
        filled_s = time.process_time() - start
        gc.collect()
        grown = (_resident() - before) / size
        warm = [_time(grouping, line) for line in probes][PROBES // 4 :]
        middle, mean = statistics.median(warm), statistics.mean(warm)
        print(
            f"{size:>8} {middle:>10.2f} {mean:>8.2f} {grown:>26,.0f} {grouping.nbytes / size:>7,.0f} {filled_s:>16.1f}",
            flush=True,
        )
        del grouping


def _read(line: bytes) -> tuple[Digest, Told]:
    record = read_needed(orjson.loads(line))
    return digest(record, RARITY), told_of(record)


RARITY = Rarity.load()


def _time(grouping: Grouping, line: bytes) -> float:
    """Return the milliseconds that a record takes, read and told; its time is put at the window's end."""
    start = time.process_time()
    value = orjson.loads(line)
    value["article"] |= {"published_at": "2024-10-10T00:00:00Z", "id": f"probe {id(line)}"}
    keeper = Keeper(grouping, lambda serials: [None] * len(serials))
    keeper.add(read_needed(value))
    keeper.take_writes()
    return (time.process_time() - start) * 1000


class Exchange:
    """Exchanges terms for others of about the same number of articles."""

    def __init__(self, corpus: list[Digest]) -> None:
        self._terms: dict[str, NDArray[np.uint32]] = {}
        for column in TERMS:
            counts = Counter(code for each in corpus for code in each.codes[column].tolist())
            self._terms[column] = np.array([code for code, _ in counts.most_common()], np.uint32)
        self._orders = {column: np.argsort(terms) for column, terms in self._terms.items()}

    def __call__(self, each: Digest, round_: int, day: float) -> Digest:
        """Return a digest of the round."""
        chance = np.uint32(round_ * 2_654_435_761 % (1 << 32))
        codes, weights = dict(each.codes), dict(each.weights)
        if round_:
            codes["sketch"] = np.unique(codes["sketch"] ^ chance)
            weights["sketch"] = np.ones(len(codes["sketch"]), np.float32)
            for column in TERMS:
                changed = self._exchanged(column, codes[column], round_)
                codes[column], places = np.unique(changed, return_index=True)
                weights[column] = weights[column][places]
        return Digest(day, each.outlet, each.dateline, codes, weights)

    def _exchanged(self, column: str, codes: NDArray[np.uint32], round_: int) -> NDArray[np.uint32]:
        terms, order = self._terms[column], self._orders[column]
        ranks = order[np.searchsorted(terms, codes, sorter=order)].astype(np.int64)
        width = np.maximum(ranks // 8, 1)  # among the terms of about its rank
        block = ranks - ranks % width
        moved = np.minimum(block + (ranks % width + round_ * 7919 + block) % width, len(terms) - 1)
        return terms[moved]


def varied(corpus: list[tuple[Digest, Told]], exchange: Exchange, count: int) -> Iterator[tuple[int, Digest, Told]]:
    """Yield serial number, digest and what it tells, of so many articles within six days."""
    for number in range(count):
        each, told = corpus[number % len(corpus)]
        day = BEGIN + 6 * number / count
        yield number + 1, exchange(each, number // len(corpus), day), told


def filled(corpus: list[tuple[Digest, Told]], exchange: Exchange, count: int) -> Grouping:
    """Return a grouping with so many articles in its window, three a story."""
    buckets = 1 << 12
    while count * 32 > buckets * 6:
        buckets *= 2
    grouping = Grouping()
    head = {
        "columns": COLUMNS,
        "clock": BEGIN + 6,
        "strangers": [],
        "stories": count // STORY + 1,
        "articles": count + 1,
        "buckets": buckets,
    }
    restorer = Restorer(grouping, orjson.dumps(head))
    for number in range(1, count // STORY + 2):
        serials = range((number - 1) * STORY + 1, min(number * STORY, count) + 1)
        articles = [
            Article("", None, None, "own" if place else "first", story=number, serial=serial, links=0.5 + place)
            for place, serial in enumerate(serials)
        ]
        if articles:
            restorer.add_story(OpenStory(number, articles, revision=len(articles)), serials)
    for serial, each, told in varied(corpus, exchange, count):
        restorer.add_article(PackedArticle(serial, each.day or 0.0, each, f"{serial:032x}", "outlet", None, told))
    list(restorer.end())
    return grouping


def broker_bytes(corpus: list[tuple[Digest, Told]], exchange: Exchange) -> float:
    """Return what an article takes in the broker: its own entry and its part of its story's."""
    writes = Writes()
    for serial, each, told in varied(corpus, exchange, IN_BROKER):
        article = Article(f"{serial:032x}", "outlet", None, "first", row=0, serial=serial, links=0.1 * serial)
        writes.articles[serial] = pack_article(article, each, told)
        assert unpack_article(writes.articles[serial]).serial == serial
        if serial % STORY == 0:
            story = OpenStory(serial, [article, article, article], revision=STORY)
            writes.stories[serial] = pack_story(story)
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder)).start()
        client = broker.client()
        before = client.info("memory")["used_memory"]
        for key, kept in (("a", writes.articles), ("s", writes.stories)):
            items = [(field, data) for field, data in kept.items() if data]
            for begin in range(0, len(items), 1_000):
                client.hset(key, mapping=dict(items[begin : begin + 1_000]))  # type: ignore[arg-type]
        grown = client.info("memory")["used_memory"] - before
        client.close()
        broker.kill()
    return float(grown) / IN_BROKER


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
