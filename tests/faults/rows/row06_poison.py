"""Row 6: poison. Articles that kill, hang or fill their process, and texts that are merely strange, among many good ones."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from khabar.keys.defaults import DEFAULT_GENERATION_S
from khabar.keys.names import ARTICLE_FIELD, Lane
from khabar.results.dead_letters import DeadLetter, DeadLetters
from khabar.settings import Settings
from tests.broker import Broker
from tests.faults.faulty_worker import marked, runs
from tests.faults.news import news
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.faults.tally import FAULT_CODES
from tests.waiting import wait_until

DEAD_WITHIN_S = 60.0
LEAST_SHARE = 0.8
SENTENCE = "وقال المتحدث إن الفرق وصلت إلى الأحياء الشرقية من المدينة "
MEGABYTE = 1_000_000  # below the limit of an article, 1 << 20
DEADLY = {
    "exit": "worker_lost",
    "kill": "worker_lost",
    "hang": "timed_out",
    "hang_in_c": "timed_out",
    "hang_with_gil": "timed_out",
    "hoard": "out_of_memory",
    "kill_host": "worker_lost",
}
EITHER = {"hoard": {"timed_out"}}  # on a busy machine it meets that limit first
BRIEFLY = ("exit", "hang", "hang_in_c", "hoard")  # one of each mechanism: lost, alarm, hard limit, memory
HOST_KILLERS = ("kill_host",)  # the fellows of all children suffer: apart from the measurement of throughput


@dataclass(frozen=True)
class Poison:
    """One poison.

    Attributes:
        raw: as it is pushed.
        id: the article's id; None where it cannot be read.
        code: of its dead letter; None where it becomes a record.
        is_foreign: pushed past our producers.
    """

    name: str
    raw: bytes
    id: str | None
    code: str | None
    is_foreign: bool = True


def strange(text_id: str, body: str) -> bytes:
    """Return an article of a strange body."""
    return orjson.dumps({"id": text_id, "title": "نص غريب", "body": body})


def strange_texts() -> Iterator[Poison]:
    """Every strange text twice: past our producers, and through them."""
    bodies = {
        "one token of 1 MB": SENTENCE + "م" * (MEGABYTE // 2),
        "1 MB of marks on one letter": SENTENCE + "م" + "\u064e" * (MEGABYTE // 2),
        # canonical order, which a naive normalization restores in quadratic time
        "1 MB of marks out of order": SENTENCE + "م" + "\u0301\u0323" * (MEGABYTE // 4),
        "NUL": SENTENCE + "\0" * 100 + SENTENCE,
    }
    for is_foreign in (True, False):
        way = "foreign" if is_foreign else "ours"
        for number, (name, body) in enumerate(bodies.items()):
            text_id = f"strange-{number}-{way}"
            yield Poison(name, strange(text_id, body), text_id, None, is_foreign)
        unreadable = {
            "deep JSON": (b'{"body": "' + SENTENCE.encode() + b'", "x": ' + b"[" * 100_000, "invalid_json"),
            "JSON deeper than can be written": (
                b'{"body": "' + SENTENCE.encode() + b'", "x": ' + b"[" * 500 + b"]" * 500 + b"}",
                "wrong_type",
            ),
            "invalid UTF-8": (b'{"body": "\xd9\x85\xff\xfe"}', "undecodable"),
            "lone surrogate, escaped": (rb'{"body": "\ud83d"}', "invalid_json"),
            "lone surrogate, in bytes": (b'{"body": "\xed\xa0\xbd"}', "undecodable"),
            "NUL bytes": (b'{"body": "\0"}' + b"\0" * 100, "invalid_json"),
        }
        for name, (raw, code) in unreadable.items():
            # blanks are no part of JSON's meaning; equal bytes would be one dead letter, as they should
            yield Poison(name, raw + b" " * is_foreign, None, code, is_foreign)


def deadly(kinds: Iterator[str], first: int) -> Iterator[Poison]:
    """One article of each kind, numbered from `first`."""
    for number, kind in enumerate(kinds, first):
        yield Poison(kind, orjson.dumps(marked(number, kind)), f"test-{number}", DEADLY[kind])


def push_among(stage: Stage, count: int, poisons: list[Poison]) -> float:
    """Push good articles with poison evenly among them; return the seconds until all the good ones have ended."""
    first = len(stage.accepted)
    numbers = range(first, first + count)
    every = count // (len(poisons) + 1)
    waiting = list(poisons)
    before = stage.settled()
    started = time.monotonic()
    names = [*(f"test-{number}" for number in numbers), *(poison.id for poison in poisons if poison.id)]
    with stage.history.doing("producer", "push", names), stage.publisher() as publisher:
        for done, number in enumerate(numbers):
            publisher.add(orjson.dumps(news(number)))
            if waiting and done and done % every == 0:
                push_poison(stage, publisher, waiting.pop(0))
    stage.accepted += [f"test-{number}" for number in numbers]
    known = {poison.id for poison in poisons}

    def good_ones_ended() -> bool:
        # the total is cheap; who they are is asked only when it may be enough
        ended = stage.settled() - before
        stage.counting.trim(stage.client)
        if ended < count:
            return False
        return all(
            stage.counting.records[name] or stage.counting.rejections[name]
            for name in stage.accepted[first:]
            if name not in known
        )

    wait_until(good_ones_ended, timeout_s=600, every_s=0.05)
    return time.monotonic() - started


def push_poison(stage: Stage, publisher: object, poison: Poison) -> None:
    """Push one, past our producers or through them."""
    if poison.is_foreign:
        stage.client.xadd(stage.names.ledger(Lane.LIVE), {ARTICLE_FIELD: poison.raw})
    else:
        publisher.add(poison.raw)  # type: ignore[attr-defined]


def judge(poison: Poison, letters: dict[bytes, list[DeadLetter]], stage: Stage, verdict: Verdict) -> None:
    """Require what the row promises of one poison."""
    found = letters.get(poison.raw, [])
    what = f"{poison.name} ({'foreign' if poison.is_foreign else 'ours'})"
    if poison.code is None:
        records = stage.counting.records[poison.id or ""]
        codes = [letter.rejection.code.value for letter in found]
        verdict.require(
            records == 1 and not found, f"{what}: {records} records, dead letters {codes}; wanted one record"
        )
        return
    if len(found) != 1:
        verdict.require(False, f"{what}: {len(found)} dead letters with the whole original; wanted 1")
        return
    rejection = found[0].rejection
    codes = {poison.code} | EITHER.get(poison.name, set())
    verdict.require(rejection.code in codes, f"{what}: code {rejection.code}, wanted {poison.code}")
    verdict.require(bool(rejection.place and rejection.reason), f"{what}: no place or no reason")
    verdict.require(1 <= rejection.attempts <= 4, f"{what}: {rejection.attempts} attempts")


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """Run the good articles alone, then with poison among them, then alone again."""
    # what hangs costs some 6 s of work whatever the count: the share is of half a minute's work
    count = scale.of(46_000, 300)
    alone = count // 4  # before and after, for the quiet rate
    settings = {} if scale.is_full else {"batch_articles": 8, "lease_s": 10, "max_attempts": 2}
    log = folder / "runs"
    children = Settings().children  # as deployed: one that hangs leaves no core idle
    with Stage(
        folder, broker, children=children, module="tests.faults.faulty_worker", fault_runs=log, **settings
    ) as stage:
        stage.push(scale.of(2_000, 50))  # warm: every child has its model's pages
        stage.finish()
        quiet_s = push_among(stage, alone, [])
        kinds = [kind for kind in DEADLY if kind not in HOST_KILLERS] if scale.is_full else list(BRIEFLY)
        # numbers that no good article will have
        poisons = [*deadly(iter(kinds), 10_000_000), *strange_texts()]
        poisoned_s = push_among(stage, count, poisons)
        stage.finish()
        if scale.is_full:
            quiet_s += push_among(stage, alone, [])
            killers = list(deadly(iter(HOST_KILLERS), 20_000_000))
            poisons += killers
            push_among(stage, 200, killers)
        stage.accepted += [poison.id for poison in poisons if poison.id]
        tally = stage.finish()

        ran = runs(log)
        verdict = Verdict(tally, faults=len(poisons))
        letters: dict[bytes, list[DeadLetter]] = {}
        for letter in DeadLetters(stage.client, stage.names, done_generation_s=DEFAULT_GENERATION_S):
            letters.setdefault(letter.rejection.original_bytes, []).append(letter)
        slowest_s = most_runs = 0.0
        for poison in poisons:
            judge(poison, letters, stage, verdict)
            starts = [started.at for started in ran if started.article == poison.id]
            most_runs = max(most_runs, len(starts))
            verdict.require(len(starts) <= 4, f"{poison.name} ran {len(starts)} times")
            for letter in letters.get(poison.raw, []) if starts else []:
                took_s = int(letter.id.partition("-")[0]) / 1000 - starts[0]
                slowest_s = max(slowest_s, took_s)
                verdict.require(
                    took_s <= scale.bar_s(DEAD_WITHIN_S),
                    f"{poison.name}: dead letter {took_s:.1f} s after its first run",
                )
    theirs = {poison.id for poison in poisons}
    fellows = [
        f"{letter.rejection.article_id} ({letter.rejection.code})"
        for found in letters.values()
        for letter in found
        if letter.rejection.article_id not in theirs and letter.rejection.code in FAULT_CODES
    ]
    verdict.require(not fellows, f"batch fellows rejected: {fellows[:5]}; logs in {folder}")
    verdict.figures["most runs of one article"] = f"{most_runs:.0f}"
    verdict.figures["first run to dead letter, slowest"] = f"{slowest_s:.1f} s"
    if scale.is_full:
        quiet_rate = 2 * alone / quiet_s
        share = count / poisoned_s / quiet_rate
        verdict.figures["throughput of the others"] = f"{share:.0%} of {quiet_rate:,.0f} articles/s"
        verdict.require(share >= LEAST_SHARE, f"throughput of the others was {share:.0%}; logs in {folder}")
    return verdict


ROW = Row(6, "poison: exits, hangs, hoards memory; strange texts", run)
