"""What it costs to remember an outcome: bytes of the broker's memory, in the compact form and written plainly.

python -m benchmarks.done_keys [--outcomes N]
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import redis
from redis.client import Pipeline

from khabar.keys.done import done_field, done_keys
from khabar.keys.names import Names
from tests.broker import Broker

NAMES = Names("bench:")
GENERATION_S = 86_400
NOW_MS = 1_790_000_000_000  # some time of publication


def main() -> None:
    """Fill a broker each way and print its memory an outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outcomes", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000])
    for count in parser.parse_args().outcomes:
        with tempfile.TemporaryDirectory() as folder:
            broker = Broker(Path(folder), None, "--appendonly", "no").start()
            try:
                client = broker.client()
                compact, plain = (measure(client, count, way) for way in (compactly, plainly))
                print(
                    f"{count:>10,} outcomes: {compact:5.0f} B each; as a string {plain:5.0f} B, {plain / compact:.1f} times"
                )
            finally:
                broker.kill()


def measure(client: redis.Redis, count: int, way: Callable[[Pipeline, str], object]) -> float:
    """Return bytes an outcome."""
    client.flushall()
    before = client.info("memory")["used_memory"]
    ids = outcomes(count)
    while part := list(islice(ids, 10_000)):
        pipe = client.pipeline(transaction=False)
        for outcome in part:
            way(pipe, outcome)
        pipe.execute()
    return float(client.info("memory")["used_memory"] - before) / count


def outcomes(count: int) -> Iterator[str]:
    """Ids as the envelope makes them."""
    return (sha256(str(number).encode()).hexdigest()[:32] for number in range(count))


def compactly(pipe: Pipeline, outcome: str) -> None:
    """As settle.lua does."""
    pipe.hset(done_keys(NAMES, outcome, generation=NOW_MS // 1000 // GENERATION_S)[0], done_field(outcome), NOW_MS)


def plainly(pipe: Pipeline, outcome: str) -> None:
    """One key an outcome."""
    pipe.set(f"bench:done:{outcome}", f"{NOW_MS}-0", ex=2 * GENERATION_S)


if __name__ == "__main__":
    main()
