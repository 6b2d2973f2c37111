"""What a failover loses: articles accepted that are gone, records that a consumer sees twice; and what certainty costs.

`python -m benchmarks.failover [rounds]` kills the primary of a fresh deployment (a primary, two replicas, three sentinels on
loopback) under load, each round, and lets the sentinels promote a replica. In the rounds "replicas stall" both replicas are
frozen for the last second before the kill, as by a fork or a slow disk; on loopback replication is otherwise microseconds behind.
"""

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import redis

from khabar.broker.connection import connect
from khabar.broker.patience import Patience
from khabar.errors import BrokerError
from khabar.keys.names import EVENT_FIELD, GROUP, Lane, Names
from khabar.ledger.entries import Begun
from khabar.ledger.queue_side import LedgerQueue
from khabar.ledger.worker_side import LedgerHolder
from khabar.messages.article import parse_article
from khabar.messages.envelope import EventType, event_bytes, outcome_id
from khabar.publishing.publisher import ArticlePublisher
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from tests.articles import article
from tests.broker import Broker
from tests.sentinel import Deployment
from tests.waiting import wait_until

NAMES = Names()
LOAD_S, STALL_S, OUTAGE_S = 1.5, 1.0, 30.0
BATCH = 32
MODES = [(replicas, stalls) for stalls in (False, True) for replicas in (0, 1)]


@dataclass
class Round:
    """One deployment's life, and what was seen of it."""

    url: str
    wait_replicas: int
    accepted: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)  # by a consumer: event id -> entries with it
    failures: list[str] = field(default_factory=list)
    pushing_ends: threading.Event = field(default_factory=threading.Event)
    ends: threading.Event = field(default_factory=threading.Event)

    def push(self) -> None:
        """Push batch after batch; what flush() has confirmed is accepted."""
        number = 0
        with ArticlePublisher(self.url, wait_replicas=self.wait_replicas, outage_s=OUTAGE_S, batch=1_000) as publisher:
            while not self.pushing_ends.is_set():
                batch = [article(index) for index in range(number, number + BATCH)]
                number += BATCH
                try:
                    for item in batch:
                        publisher.add(item)
                    publisher.flush()
                except BrokerError as error:
                    self.failures.append(str(error))
                    return
                self.accepted.update(item["id"] for item in batch)

    def work(self) -> None:
        """Make records of what is on the ledger: dispatcher and worker in one, without the linguistics."""
        client = connect(self.url, Patience(OUTAGE_S), name="work")
        queue = LedgerQueue(client, NAMES, me="bench", lease_s=1, lead_batches=8)
        holder = LedgerHolder(client, NAMES, me="bench", retry_base_s=1)
        publisher = ResultPublisher(client, NAMES, done_generation_s=86_400)
        queue.ensure_groups()
        while not self.ends.is_set():
            batches = [*queue.lost(BATCH, together=BATCH), *([new] if (new := queue.new(BATCH)) else [])]
            for batch in batches:
                waiting = batch.ids
                while waiting:
                    begun, waiting = holder.begin(batch.lane, waiting)
                    publisher.publish([outcome_of(each) for each in begun])
            if not batches:
                self.ends.wait(0.01)

    def consume(self) -> None:
        """Read as a group; an entry that is delivered again is counted once, another entry with the same id is a double."""
        client = connect(self.url, Patience(OUTAGE_S), name="consume")
        entries: set[bytes] = set()
        while not self.ends.is_set():
            try:
                reply: Any = client.xreadgroup("bench", "c", {NAMES.records: ">"}, count=500, block=100)
            except redis.ResponseError:
                client.xgroup_create(NAMES.records, "bench", id="0", mkstream=True)
                continue
            for _, found in reply or []:
                for entry, fields in found:
                    if entry not in entries:
                        entries.add(entry)
                        self.seen[orjson.loads(fields[EVENT_FIELD.encode()])["id"]] += 1


def outcome_of(begun: Begun) -> Outcome:
    """Return an empty record of an article."""
    parsed = parse_article(begun.article or b"")
    outcome = outcome_id(parsed.id, parsed.text, "bench")
    event = event_bytes(EventType.RECORD, b"{}", event_id=outcome, subject=parsed.id)
    return Outcome(begun.lane, begun.id, OutcomeName.RECORD, outcome, event)


def one_round(folder: Path, wait_replicas: int, *, stalls: bool) -> tuple[Round, set[str], float]:
    """Return the round, what was on the new primary in the end, and for how long nothing was accepted."""
    deployment = Deployment(folder, replicas=2).start()
    try:
        seen = Round(deployment.url, wait_replicas)
        threads = [threading.Thread(target=target, daemon=True) for target in (seen.push, seen.work, seen.consume)]
        for thread in threads:
            thread.start()
        time.sleep(LOAD_S)
        if stalls:
            signal_all(deployment.servers[1:], signal.SIGSTOP)
            time.sleep(STALL_S)
        before = time.monotonic()
        deployment.servers[0].kill()
        signal_all(deployment.servers[1:], signal.SIGCONT)
        accepted = len(seen.accepted)
        wait_until(lambda: len(seen.accepted) > accepted + 10 * BATCH or seen.failures)
        away_s = time.monotonic() - before
        seen.pushing_ends.set()
        threads[0].join()
        with connect(deployment.url, Patience(OUTAGE_S), name="look") as client:
            wait_until(lambda: client.xlen(NAMES.ledger(Lane.LIVE)) == 0, timeout_s=60)
            wait_until(lambda: client.xinfo_groups(NAMES.records)[0]["lag"] == 0)
            entries: Any = client.xrange(NAMES.records)
            records = {orjson.loads(fields[EVENT_FIELD.encode()])["subject"] for _, fields in entries}
            assert client.xpending(NAMES.ledger(Lane.LIVE), GROUP)["pending"] == 0
        seen.ends.set()
        for thread in threads[1:]:
            thread.join()
        return seen, records, away_s
    finally:
        deployment.kill()


def signal_all(servers: list[Broker], number: int) -> None:
    """Send a signal to each."""
    for server in servers:
        if server.pid:
            os.kill(server.pid, number)


def throughput(folder: Path, articles: int = 20_000) -> dict[int, float]:
    """Return articles a second of one producer, by the replicas that it waits for."""
    deployment = Deployment(folder, replicas=2).start()
    lines = [json.dumps(article(number), ensure_ascii=False).encode() for number in range(articles)]
    rates = {}
    try:
        for wait_replicas in (0, 1, 2):
            with ArticlePublisher(
                deployment.url, wait_replicas=wait_replicas, prefix=f"t{wait_replicas}:"
            ) as publisher:
                started = time.perf_counter()
                publisher.publish(lines)
                rates[wait_replicas] = articles / (time.perf_counter() - started)
    finally:
        deployment.kill()
    return rates


def main() -> None:
    """Print a line for each mode."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as name:
        rates = throughput(Path(name) / "throughput")
        print(
            "one producer, batches of 100: " + ", ".join(f"{rate:,.0f}/s waiting for {n}" for n, rate in rates.items())
        )
        for wait_replicas, stalls in MODES:
            accepted = gone = doubled = rounds_with_loss = failed = 0
            away: list[float] = []
            for number in range(rounds):
                folder = Path(name) / f"{wait_replicas}-{stalls}-{number}"
                seen, records, away_s = one_round(folder, wait_replicas, stalls=stalls)
                lost = len(seen.accepted - records)
                accepted, gone, failed = accepted + len(seen.accepted), gone + lost, failed + len(seen.failures)
                rounds_with_loss += lost > 0
                doubled += sum(count - 1 for count in seen.seen.values())
                away.append(away_s)
            print(
                f"wait_replicas={wait_replicas}, {'replicas stall' if stalls else 'replicas well'}: {rounds} failovers, "
                f"{accepted:,} accepted, {gone:,} gone (in {rounds_with_loss} failovers), {doubled:,} records seen twice, "
                f"{failed} producers gave up; accepting again after {min(away):.1f} to {max(away):.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
