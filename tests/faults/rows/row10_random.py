"""Row 10: everything at random for half an hour, and whether the service is as good at the end as at the beginning."""

import contextlib
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import orjson
import redis

from khabar.keys.names import Lane
from tests.broker import Broker
from tests.faults.consumer import Consumer, kept
from tests.faults.memory import BrokerMemory, Processes, broker_memory
from tests.faults.progress import ended_on
from tests.faults.random_faults import TAKE_OVER_S, Breaker, Fault, brief_kills, planned, random_article
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.faults.tally import unfinished
from tests.waiting import wait_until

SEED = 2026
GROUP = "downstream"
MAX_RECORDS = 2_000  # trimmed above half of it
LEAST_KILLS, LEAST_ARTICLES = 80, 80_000
LEAST_RATE = 0.9
MOST_GROWTH = 0.05
BUFFERS_BYTES = 256 << 10  # a server's own buffers come and go by so much, beside the 1 MB that it has without keys
ENOUGH = 20  # bursts or samples below which a median means nothing
RECOVERY_S = 300.0
NUDGE = 64  # articles: a few batches
SETTINGS = {
    "lease_s": 3,
    "article_timeout_s": 2,
    "retry_base_s": 0.3,
    "batch_articles": 16,
    "max_records": MAX_RECORDS,
    "max_ledger": 5_000,
}


class Campaign:
    """One run: bursts of articles that are measured, and work into which faults fall."""

    def __init__(self, stage: Stage, breaker: Breaker, scale: Scale) -> None:
        self.burst = scale.of(500, 150)
        self.quiet: list[float] = []
        self.between: list[float] = []
        self.faults: Counter[str] = Counter()
        self.kills = 0
        self.processes = Processes()
        self._stage = stage
        self._breaker = breaker
        self._log = (stage.folder / "faults.log").open("a", buffering=1)

    def measured(self) -> float:
        """Push one burst and return the articles a second until all of it has ended."""
        start, before = time.monotonic(), ended_on(self._stage)
        self._push(self.burst)
        # small steps: a burst takes half a second
        wait_until(lambda: ended_on(self._stage) >= before + self.burst, timeout_s=RECOVERY_S, every_s=0.005)
        rate = self.burst / (time.monotonic() - start)
        self._stage.settled()  # the count keeps up with what is trimmed
        return rate

    def break_something(self, fault: Fault) -> None:
        """Let one fault fall into work, and wait until all that work has ended and everybody is back."""
        said = f"{fault.kind} after {fault.after_s:.2f} s for {fault.lasts_s:.1f} s"
        start = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            pushed = pool.submit(self._push, self.burst)
            time.sleep(fault.after_s)
            made = self._breaker.make(fault)
            pushed.result()
        self._wait_for_calm(said)
        self._log.write(
            f"{time.strftime('%H:%M:%S')} {said}: {'calm again' if made else 'no target'} "
            f"{time.monotonic() - start:.1f} s after its work began\n"
        )
        if made:
            self.faults[fault.kind] += 1
            self.kills += fault.is_kill

    def look(self) -> None:
        """Sample the memory of the processes."""
        self.processes.look(self._stage, self._breaker.consumer)

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def _push(self, count: int) -> None:
        first = len(self._stage.accepted)
        names = [f"test-{number}" for number in range(first, first + count)]
        with self._stage.history.doing("producer", "push", names), self._stage.publisher(outage_s=60) as publisher:
            for number in range(first, first + count):
                publisher.add(orjson.dumps(random_article(number)))
        self._stage.accepted += names

    def _wait_for_calm(self, said: str) -> None:
        deadline = time.monotonic() + RECOVERY_S
        while time.monotonic() < deadline:
            with contextlib.suppress(redis.RedisError):
                if not any(unfinished(self._stage.client, self._stage.names, lane) for lane in Lane):
                    self._stage.settled()
                    if self._stage.is_ready():
                        return
                    self._push(NUDGE)  # a child whose connection was cut makes another with its next batch
            time.sleep(0.05)
        raise AssertionError(f"not calm {RECOVERY_S:g} s after: {said}; logs in {self._stage.folder}")


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Quiet bursts first, then one fault after the other with a burst between them, until the time is over."""
    seed = int(os.environ.get("FAULTS_SEED", SEED))
    stage = Stage(folder, broker, hosts=2, children=1, dispatchers=2, module="tests.faults.faulty_worker", **SETTINGS)
    with stage, Consumer(folder, stage.url, GROUP, take_over_s=TAKE_OVER_S) as first_consumer:
        stage.counting.hold(stage.client)
        breaker = Breaker(stage, first_consumer)
        campaign = Campaign(stage, breaker, scale)
        memory: list[BrokerMemory] = []
        try:
            deadline = time.monotonic() + scale.minutes * 60
            campaign.measured()  # warm
            campaign.quiet += [campaign.measured() for _ in range(scale.of(20, 2))]
            # the short form has kills alone, short ones: poison takes longer than all of it
            plan = planned(seed) if scale.is_full else brief_kills(seed)
            for number, fault in enumerate(plan):
                if time.monotonic() > deadline:
                    break
                campaign.break_something(fault)
                campaign.between.append(campaign.measured())
                campaign.look()
                if number == scale.of(10, 0):
                    memory.append(broker_memory(stage))
            stage.accepted += breaker.poisoned
            tally = stage.finish()
            wait_until(lambda: has_seen_all(stage, folder, tally.rejections), every_s=0.5)
            memory.append(broker_memory(stage))
        finally:
            campaign.close()
            breaker.consumer.kill()

    verdict = Verdict(tally, faults=campaign.faults.total())
    poisoned = set(breaker.poisoned)
    rejected = [name for name in tally.rejections if name not in poisoned]
    verdict.require(not rejected, f"good articles rejected: {rejected[:5]}; logs in {folder}")
    verdict.require(not memory[-1].unknown, f"keys left behind at rest: {memory[-1].unknown[:5]}")
    verdict.figures["seed"] = str(seed)
    verdict.figures["kills"] = f"{campaign.kills}"
    verdict.figures["faults"] = ", ".join(f"{count} {kind}" for kind, count in sorted(campaign.faults.items()))
    judge_rate(campaign, verdict)
    judge_memory(campaign, memory, verdict)
    if scale.is_full and scale.minutes >= Scale.FULL.minutes:
        verdict.require(campaign.kills >= LEAST_KILLS, f"only {campaign.kills} kills")
        verdict.require(len(stage.accepted) >= LEAST_ARTICLES, f"only {len(stage.accepted):,} articles")
    return verdict


def has_seen_all(stage: Stage, folder: Path, rejections: Counter[str]) -> bool:
    """Whether the consumer group has kept every record."""
    seen = {article_id for _, article_id in kept(folder, GROUP)}
    return all(name in seen or rejections[name] for name in stage.accepted)


def judge_rate(campaign: Campaign, verdict: Verdict) -> None:
    """Compare the bursts between faults with those before the first."""
    if not campaign.between or not campaign.quiet:
        return
    quiet, between = median(campaign.quiet), median(campaign.between)
    verdict.figures["throughput between faults"] = f"{between / quiet:.0%} of {quiet:,.0f} articles/s"
    if min(len(campaign.between), len(campaign.quiet)) >= ENOUGH:
        verdict.require(between >= LEAST_RATE * quiet, f"throughput between faults was {between / quiet:.0%}")


def judge_memory(campaign: Campaign, memory: list[BrokerMemory], verdict: Verdict) -> None:
    """Compare the end with the beginning, for each role and for the broker."""
    growth = campaign.processes.growth() if campaign.processes.samples else {}
    for role, (share, samples, megabytes) in growth.items():
        verdict.figures[f"memory of a {role}"] = f"{megabytes:.0f} MB, {share:+.1%}"
        if samples >= ENOUGH:
            verdict.require(share <= MOST_GROWTH, f"memory of a {role} grew by {share:.1%}")
    for role, (share, lives) in campaign.processes.growth_within_lives().items():
        verdict.figures[f"a {role} within its life"] = f"{share:+.1%} in the median of {lives}"
    if outcomes := len(verdict.tally.records) + len(verdict.tally.rejections):
        verdict.figures["done-keys"] = f"{memory[-1].done_bytes / outcomes:.0f} bytes an article"
    if len(memory) > 1:
        first, last = memory[0].rest_bytes, memory[-1].rest_bytes
        verdict.figures["memory of the broker but for its keys"] = f"{last / 1e6:.1f} MB, {last / first - 1:+.1%}"
        if len(campaign.between) >= ENOUGH:
            most = first + max(MOST_GROWTH * first, BUFFERS_BYTES)
            verdict.require(last <= most, f"the broker's memory but for its keys grew from {first:,} to {last:,} bytes")


ROW = Row(10, "all of it at random", run)
