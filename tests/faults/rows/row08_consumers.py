"""Row 8: consumers that are dead, slow or killed: what they have not acknowledged stays, and producers feel the pressure."""

import contextlib
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson

from khabar.errors import QueueFull
from khabar.keys.names import Lane
from tests.articles import article
from tests.broker import Broker
from tests.faults.consumer import Consumer, kept
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.waiting import wait_until

GROUPS = ("quick", "slow", "dead")
LEDGER = 1_000  # articles that a lane holds
BATCH = 100
WAITING = 2 * LEDGER  # articles of the producer that waits for room
PATIENCE_S = 600.0
SLOW_S = (
    100.0,
    10.0,
)  # full, short: the slow one is through after so long, also where half speed is slower on a busy machine
STOP_S = 1.5  # a dispatcher looks once a second whether to go on reading, and what it has read still becomes records
MB = 1 << 20


def short_article(number: int) -> bytes:
    """Return an article of one sentence: the row is about numbers, not about words."""
    return orjson.dumps(article(number, sentences=1))


def push(stage: Stage, count: int, *, wait_s: float) -> None:
    """Push so many; what is accepted is noted as soon as it is, whatever comes after."""
    with stage.publisher(max_ledger=LEDGER, batch=BATCH, wait_s=wait_s) as publisher:
        for _ in range(count // BATCH):
            first = len(stage.accepted)
            names = [f"test-{number}" for number in range(first, first + BATCH)]
            with stage.history.doing(threading.current_thread().name, "push", names):
                for number in range(first, first + BATCH):
                    publisher.add(short_article(number))  # the last one sends the batch
            stage.accepted += names


@contextlib.contextmanager
def watching_memory(stage: Stage) -> Iterator[list[int]]:
    """Collect what the broker's memory holds, five times a second, while the body runs."""
    seen: list[int] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.2):
            seen.append(int(stage.client.info("memory")["used_memory"]))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def waiting_producer(stage: Stage) -> Iterator[threading.Thread]:
    """Push a few more with patience while the body runs; they are in at its end."""
    thread = threading.Thread(target=push, args=(stage, WAITING), kwargs={"wait_s": PATIENCE_S}, daemon=True)
    thread.start()
    yield thread
    thread.join(PATIENCE_S)


def press(stage: Stage, records: int) -> int:
    """Push without patience until reading has stopped and the ledger is full; return how often QueueFull was raised."""
    refusals = 0
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            push(stage, LEDGER, wait_s=0)
        except QueueFull:
            refusals += 1
            stage.settled()
            held = stage.client.xlen(stage.names.records)
            if held >= records and stage.client.xlen(stage.names.ledger(Lane.LIVE)) > LEDGER - BATCH:
                time.sleep(STOP_S)
                if stage.client.xlen(stage.names.records) == held:
                    return refusals
            time.sleep(0.02)
    return refusals


def have_caught_up(stage: Stage) -> bool:
    """Whether every group has acknowledged the newest record."""
    newest = stage.client.xinfo_stream(stage.names.records)["last-generated-id"]
    return all(
        group["pending"] == 0 and group["last-delivered-id"] == newest
        for group in stage.client.xinfo_groups(stage.names.records)
        if group["name"].decode() in GROUPS
    )


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """One group is dead, one at half speed, one loses a consumer; then all catch up."""
    records, cap_mb = scale.of(100_000, 1_500), scale.of(256, 32)
    take_over_s = scale.of(60.0, 1.0)
    broker.options = (*broker.options, "--maxmemory", f"{cap_mb}mb")
    settings = {"max_records": records, "max_ledger": LEDGER, "layers": "links"}
    with Stage(folder, broker, **settings) as stage, watching_memory(stage) as memory:
        stage.counting.hold(stage.client)
        started = time.monotonic()
        push(stage, scale.of(5_000, 300), wait_s=PATIENCE_S)
        stage.finish()
        rate = len(stage.accepted) / (time.monotonic() - started)
        oldest = stage.client.xrange(stage.names.records, count=1)[0][0]

        Consumer(folder, stage.url, "dead", kill_after=0).process.wait(PATIENCE_S)  # takes a page, and is gone
        with (
            Consumer(folder, stage.url, "quick", kill_after=records // 10) as killed,
            Consumer(folder, stage.url, "slow", rate=max(rate / 2, records / scale.of(*SLOW_S))),
            Consumer(folder, stage.url, "quick", take_over_s=take_over_s),
        ):
            refusals = press(stage, records)
            ended = killed.process.wait(PATIENCE_S)
            held = stage.client.xlen(stage.names.records)
            untrimmed = stage.client.xrange(stage.names.records, count=1)[0][0] == oldest
            with waiting_producer(stage) as producer:
                producer.join(1.0)
                waited = producer.is_alive()
                with Consumer(folder, stage.url, "dead", take_over_s=take_over_s):
                    wait_until(lambda: stage.settled() and not producer.is_alive(), timeout_s=PATIENCE_S)
                    tally = stage.finish(timeout_s=PATIENCE_S)
                    wait_until(lambda: have_caught_up(stage), timeout_s=PATIENCE_S)
        out_of_memory = stage.client.info("errorstats").get("errorstat_OOM")

    verdict = Verdict(tally, faults=3)
    for group in GROUPS:
        seen = Counter(article_id for _, article_id in kept(folder, group))
        lost = [article_id for article_id in stage.accepted if not seen[article_id]]
        verdict.require(not lost, f"group {group} never saw {len(lost)} records: {lost[:5]}; logs in {folder}")
        verdict.figures[f"group {group}"] = f"{len(seen):,} records, {seen.total() - len(seen)} delivered again"
    verdict.require(ended == -signal.SIGKILL, f"the consumer to be killed ended with {ended}; logs in {folder}")
    verdict.require(untrimmed, "records that the dead group had not acknowledged were trimmed")
    verdict.require(held >= records, f"only {held:,} records were held for the dead group")
    verdict.require(refusals > 0, "no producer was told QueueFull")
    verdict.require(waited, "the waiting producer did not have to wait")
    verdict.require(max(memory) <= cap_mb * MB, f"the broker used {max(memory):,} bytes of its {cap_mb} MB")
    verdict.require(out_of_memory is None, f"the broker refused writes for lack of memory: {out_of_memory}")
    verdict.figures["held for the dead group"] = f"{held:,} records"
    verdict.figures["broker's memory at most"] = f"{max(memory) / MB:.0f} of {cap_mb} MB"
    verdict.figures["QueueFull"] = f"{refusals:,} times"
    return verdict


ROW = Row(8, "a consumer group dead, one at half speed, a consumer killed", run)
