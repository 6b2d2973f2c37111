"""What grouping costs an article in windows of 10,000 to 1,000,000: `python -m benchmarks.stories RECORDS.jsonl [SIZES...]`.

With `--picture FILE.svg` the figures are drawn too; docs/pictures has the last ones.

A window is filled with the digests of the file's records, again and again, each time with the words, names, places, figures and
shingles exchanged for others that stand in about as many articles. So a term stands in a share of the articles that does not
depend on their number, as in a longer file; and no copy has company of another round. The window is filled without deciding
anything. Then records of the file, which the window does not hold, are read, grouped and told.

Printed for each size: milliseconds of one core an article (median and mean of the probes), bytes of the service's memory and of
the broker's an article, seconds to fill the window; and beside them what of it is the digest.
"""

import argparse
import gc
import resource
import statistics
import tempfile
import time
from array import array
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from benchmarks.picture import Panel, draw
from khabar.stories.columns import COLUMNS, WEIGHED, place_of
from khabar.stories.digest import Codes, Digest, digest
from khabar.stories.grouping import Grouping
from khabar.stories.keeper import Keeper, Writes
from khabar.stories.members import Article, Role
from khabar.stories.members import Story as OpenStory
from khabar.stories.needed import read_needed
from khabar.stories.packing import pack_article, pack_story
from khabar.stories.telling import Told, told_of
from khabar.stories.terms import LiveRarity, Rarity
from khabar.stories.window import Window
from tests.broker import Broker

SIZES = (10_000, 100_000, 1_000_000)
PROBES = 240
CORPUS = 2_500  # records
IN_BROKER = 20_000  # articles, of which the broker's memory is measured
STORY = 3  # articles of each story that is filled in
BEGIN = 20_000.0  # days since 1970
TERMS = ("words", "lead", "title", "names", "places", "figures")


def main() -> None:
    """Measure, print a line a size, and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stories")
    parser.add_argument("records", type=Path)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    lines = options.records.read_bytes().splitlines()
    probes, corpus = lines[:PROBES], [_read(line) for line in lines[PROBES : PROBES + CORPUS]]
    exchange = Exchange([each for each, _ in corpus])
    in_broker = broker_bytes(corpus)
    print(f"broker: {in_broker:,.0f} bytes an article; digest: {digest_ms(probes):.2f} ms an article")
    print("articles  median ms  mean ms  resident bytes an article  tables  seconds to fill")
    found: list[tuple[float, float]] = []  # memory that was free before is not seen to grow: at least the tables
    for size in options.sizes:
        gc.collect()
        before = _resident()
        start = time.process_time()
        grouping = filled(exchange, size)
        filled_s = time.process_time() - start
        gc.collect()
        grown = (_resident() - before) / size
        warm = [_time(grouping, line) for line in probes][PROBES // 4 :]
        middle, mean = statistics.median(warm), statistics.mean(warm)
        found.append((middle, max(grown, grouping.nbytes / size)))
        print(
            f"{size:>8} {middle:>10.2f} {mean:>8.2f} {grown:>26,.0f} {grouping.nbytes / size:>7,.0f} {filled_s:>16.1f}",
            flush=True,
        )
        del grouping
    if options.picture:
        panels = [
            Panel("Processor time, ms an article", {"read, grouped, told": [ms for ms, _ in found]}, bar=3.0),
            Panel("Memory, bytes an article", {"the service": [grown for _, grown in found]}, bar=2_000.0),
        ]
        options.picture.write_text(draw(options.sizes, panels, axis="articles in the window"), encoding="utf-8")


def digest_ms(lines: list[bytes]) -> float:
    """Return what is spent on what an article is compared by, once its words are known."""
    records = [read_needed(orjson.loads(line)) for line in lines]
    for record in records:
        digest(record, RARITY)
    start = time.process_time()
    for record in records:
        digest(record, RARITY)
    return (time.process_time() - start) * 1000 / len(records)


def _read(line: bytes) -> tuple[Digest, Told]:
    record = read_needed(orjson.loads(line))
    return digest(record, RARITY), told_of(record)


RARITY = LiveRarity(Rarity.load())


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
    """Exchanges the terms of a whole corpus for others of about the same number of articles, another set in each round."""

    def __init__(self, corpus: list[Digest]) -> None:
        window = Window(LiveRarity(Rarity.load()))
        for each in corpus:
            window.set_story([window.add(each, day=each.day or 0.0)], 1)
        self.rows = len(corpus)
        batch = window.gather(list(range(self.rows)))
        self._codes = {name: batch.column(name) for name in COLUMNS}
        self._weights = {name: batch.told(name) for name in WEIGHED}
        self.lengths, self.scalars = batch.lengths, batch.scalars
        self._terms: dict[str, Codes] = {}
        self._ranks: dict[str, NDArray[np.int64]] = {}
        for column in TERMS:
            terms, places, times = np.unique(self._codes[column], return_inverse=True, return_counts=True)
            times[terms == 0] = 0
            order = np.argsort(-times, kind="stable")
            self._terms[column] = terms[order][:-1]
            self._ranks[column] = np.argsort(order)[places.reshape(self._codes[column].shape)]

    def tables(self, round_: int) -> tuple[dict[str, Codes], dict[str, NDArray[np.float32]]]:
        """Return codes and weights of the round."""
        if round_ == 0:
            return self._codes, self._weights
        codes, weights = dict(self._codes), dict(self._weights)
        for column in ("sketch", *TERMS):
            old = self._codes[column]
            new = (
                old ^ np.uint32(round_ * 2_654_435_761 % (1 << 32))
                if column == "sketch"
                else self._moved(column, round_)
            )
            new = np.where(old == 0, np.uint32(0xFFFFFFFF), new)  # empty places stay last
            order = np.argsort(new, axis=1)
            codes[column] = np.where(np.take_along_axis(old, order, 1) == 0, 0, np.take_along_axis(new, order, 1))
            if column in weights:
                weights[column] = np.take_along_axis(weights[column], order, 1)
        return codes, weights

    def _moved(self, column: str, round_: int) -> Codes:
        terms, ranks = self._terms[column], self._ranks[column]
        width = np.maximum(ranks // 8, 1)  # among the terms of about its rank
        block = ranks - ranks % width
        moved: Codes = terms[np.minimum(block + (ranks % width + round_ * 7919) % width, len(terms) - 1)]
        return moved


def filled(exchange: Exchange, count: int) -> Grouping:
    """Return a grouping with so many articles in its window, three a story."""
    grouping = Grouping()
    window, members = grouping._window, grouping._members
    window.begin(1, count + 1)
    while window._rows < count:
        window._grow()
    for begin in range(0, count, exchange.rows):
        rows = min(exchange.rows, count - begin)
        codes, weights = exchange.tables(begin // exchange.rows)
        end = begin + rows
        for name, code in codes.items():
            window._codes[begin:end, place_of(name)] = code[:rows]
        for name, told in weights.items():
            window._weights[begin:end, place_of(name, weight=True)] = told[:rows]
        window._lengths[begin:end] = exchange.lengths[:rows]
        for name, table in window._scalars.items():
            table[begin:end] = exchange.scalars[name][:rows]
    days = BEGIN + 6 * np.arange(count) / count
    window._scalars["day"][:count] = days
    window._scalars["story"][:count] = np.arange(count) // STORY + 1
    window._free = array("I", range(window._rows - 1, count - 1, -1))
    window._places._ring[np.arange(1, count + 1) % len(window._places._ring)] = np.arange(1, count + 1)
    for begin in range(0, count, STORY):
        story = OpenStory(begin // STORY + 1, revision=STORY)
        members.bring_back(story, live=0)
        for row in range(begin, min(begin + STORY, count)):
            role: Role = "own" if story.articles else "first"
            article = Article(f"{row:032x}", "outlet", None, role, story=story.number, serial=row + 1, links=0.5 + row)
            story.articles.append(article)
            story.live += 1
            members.put_back(article, row, float(days[row]))
    members.begun = len(window)
    grouping._clock = BEGIN + 6
    buckets = 1 << 12
    while count * 32 > buckets * 6:
        buckets *= 2
    grouping._make_index(buckets)
    return grouping


def broker_bytes(corpus: list[tuple[Digest, Told]]) -> float:
    """Return what an article takes in the broker: its own entry and its part of its story's."""
    writes = Writes()
    for serial in range(1, IN_BROKER + 1):
        each, told = corpus[serial % len(corpus)]
        article = Article(f"{serial:032x}", "outlet", None, "first", row=0, serial=serial, links=0.1 * serial)
        writes.articles[serial] = pack_article(article, each, told)
        if serial % STORY == 0:
            writes.stories[serial] = pack_story(OpenStory(serial, [article, article, article], revision=STORY))
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder)).start()
        client = broker.client()
        before = client.info("memory")["used_memory"]
        for key, kept in (("a", writes.articles), ("s", writes.stories)):
            items = [(field, data) for field, data in kept.items() if data]
            for begin in range(0, len(items), 1_000):
                client.hset(key, mapping=dict(items[begin : begin + 1_000]))
        grown = client.info("memory")["used_memory"] - before
        client.close()
        broker.kill()
    return float(grown) / IN_BROKER


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
