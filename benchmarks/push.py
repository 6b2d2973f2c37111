"""How many articles a second a producer can push, and where the time goes.

Starts a Valkey of its own (append-only file, always) on a free loopback port and pushes the same JSON lines in four
ways in the same run: redis-py's XADD one by one, XADD in pipelines of 100, the publisher's script without validation,
and ArticlePublisher.

    python -m benchmarks.push [--text FILE.jsonl] [--articles 40000]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import redis

from benchmarks.texts import add_text_option, articles
from khabar.keys.names import Lane, Names
from khabar.messages.article import parse_article
from khabar.publishing.intake import PUSH
from khabar.publishing.publisher import ArticlePublisher
from tests.broker import Broker

BATCH = 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_text_option(parser)
    parser.add_argument("--articles", type=int, default=40_000, help="to push in each way")
    options = parser.parse_args()
    pushed = articles(options.text, options.articles)
    print(f"{len(pushed):,} articles, {sum(map(len, pushed)) / len(pushed):,.0f} bytes on average")
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder)).start()
        try:
            for name, push in WAYS.items():
                measure(name, broker, pushed, push)
        finally:
            broker.kill()
    start = time.perf_counter()
    for line in pushed:
        parse_article(line)
    print(f"{'parse_article alone':34}{per_article(time.perf_counter() - start, pushed):7.1f} us an article")


def measure(name: str, broker: Broker, lines: list[bytes], push: Callable[[Broker, list[bytes]], None]) -> None:
    """Push all lines in one way; print the rate, and the processor time of both sides."""
    client = broker.client()
    client.flushall()
    before, own, start = server_s(client), time.process_time(), time.perf_counter()
    push(broker, lines)
    wall = time.perf_counter() - start
    own, server = time.process_time() - own, server_s(client) - before
    ledger = Names().ledger(Lane.LIVE)
    assert client.xlen(ledger) == len(lines)
    client.close()
    print(
        f"{name:34}{len(lines) / wall:9,.0f} articles/s; an article takes {per_article(wall, lines):5.1f} us: "
        f"{per_article(own, lines):5.1f} us of the producer's, {per_article(server, lines):5.1f} us of the broker's CPU"
    )


def per_article(seconds: float, lines: list[bytes]) -> float:
    """Microseconds an article."""
    return seconds / len(lines) * 1e6


def server_s(client: redis.Redis) -> float:
    """Processor seconds that the broker has used."""
    cpu = client.info("cpu")
    return float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])


def one_by_one(broker: Broker, lines: list[bytes]) -> None:
    """XADD as redis-py has it."""
    ledger = Names().ledger(Lane.LIVE)
    with redis.Redis.from_url(broker.url, protocol=2) as client:
        for line in lines:
            client.xadd(ledger, {"article": line})


def pipelined(broker: Broker, lines: list[bytes]) -> None:
    """XADD in pipelines, without MULTI."""
    ledger = Names().ledger(Lane.LIVE)
    with redis.Redis.from_url(broker.url, protocol=2) as client:
        for first in range(0, len(lines), BATCH):
            pipeline = client.pipeline(transaction=False)
            for line in lines[first : first + BATCH]:
                pipeline.xadd(ledger, {"article": line})
            pipeline.execute()


def script_alone(broker: Broker, lines: list[bytes]) -> None:
    """push.lua without validating anything."""
    names = Names()
    with redis.Redis.from_url(broker.url, protocol=2) as client:
        sha = client.script_load(PUSH)
        for first in range(0, len(lines), BATCH):
            articles = lines[first : first + BATCH]
            keys = [names.ledger(Lane.LIVE), names.dead, names.sent(str(first))]
            client.evalsha(sha, len(keys), *keys, 10**9, 600, len(articles), 0, 0, "", 0, 0, 0, 0.9, *articles)


def publisher(broker: Broker, lines: list[bytes]) -> None:
    """All that a producer gets: validation, the cap, dead letters, confirmation."""
    with ArticlePublisher(broker.url, max_ledger=10**9, batch=BATCH) as pushing:
        pushing.publish(lines)


WAYS = {
    "redis-py, XADD one by one": one_by_one,
    f"redis-py, XADD, pipelines of {BATCH}": pipelined,
    f"push.lua alone, batches of {BATCH}": script_alone,
    f"ArticlePublisher, batches of {BATCH}": publisher,
}

if __name__ == "__main__":
    main()
