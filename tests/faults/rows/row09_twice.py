"""Row 9: everything twice: the same articles, dead letters, ledger entries and versions again, and one record of each."""

import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import redis

from khabar.keys.names import EVENT_FIELD, GROUP, Lane
from tests.articles import article, json_lines
from tests.broker import Broker
from tests.faults.history import seen
from tests.faults.producer import push_at_once
from tests.faults.row import Row, Scale, Verdict
from tests.faults.stage import Stage
from tests.faults.tally import COUNT, PAGE, Tally, unfinished
from tests.waiting import PATIENCE_S, wait_until

PRODUCERS = 10
NEXT = "+next"  # added to the version of khabar by the upgrade
KHABAR = str(Path(sys.executable).parent / "khabar")
LATIN = "The ministry said on Monday that the roads to the northern villages were open again after the floods."


@dataclass(frozen=True)
class Published:
    """One event of the records or the dead letters."""

    id: str
    article: str
    version: str
    is_record: bool


def published(stage: Stage) -> Iterator[Published]:
    """Read both streams whole."""
    for stream, f in ((stage.names.records, "read"), (stage.names.dead, "read-dead")):
        after = "0-0"
        while entries := stage.client.xrange(stream, min=f"({after}", count=PAGE):
            after = entries[-1][0].decode()
            found = [seen(entry.decode(), orjson.loads(fields[EVENT_FIELD.encode()])) for entry, fields in entries]
            stage.history.note("count", "ok", f, found, group=COUNT, once=True)
            for event in found:
                yield Published(event["event"], event["article"], event["version"], f == "read")


def finish(stage: Stage) -> None:
    """Wait until the ledger is empty."""
    wait_until(lambda: not any(unfinished(stage.client, stage.names, lane) for lane in Lane))


def counted(stage: Stage, outcome: str) -> int:
    """Return how often the service has counted an outcome."""
    return int(stage.client.hget(stage.names.counters, outcome) or 0)


def file_of(folder: Path, name: str, numbers: range) -> Path:
    """Write a file of articles."""
    path = folder / f"{name}.jsonl"
    path.write_text(json_lines(len(numbers), first=numbers.start))
    return path


def from_many_producers(stage: Stage, numbers: range, verdict: Verdict) -> None:
    """The same articles from ten processes in the same moment."""
    before = counted(stage, "duplicate")
    push_at_once(stage.url, file_of(stage.folder, "same", numbers), PRODUCERS)
    stage.accepted += [f"test-{number}" for number in numbers]
    finish(stage)
    duplicates = counted(stage, "duplicate") - before
    verdict.require(
        duplicates == (PRODUCERS - 1) * len(numbers),
        f"{duplicates} duplicates of {len(numbers)} articles from {PRODUCERS} producers",
    )
    verdict.faults += PRODUCERS


def push(stage: Stage, numbers: range) -> None:
    """Push these articles, whether or not they were pushed before."""
    names = [f"test-{number}" for number in numbers]
    with stage.history.doing("producer", "push", names), stage.publisher() as publisher:
        for number in numbers:
            publisher.add(orjson.dumps(article(number, sentences=2)))


def requeued_twice(stage: Stage, count: int, verdict: Verdict) -> None:
    """Every dead letter requeued by two commands at once."""
    names = [f"latin-{number}" for number in range(count)]
    with stage.history.doing("producer", "push", names), stage.publisher() as publisher:
        for number, name in enumerate(names):
            publisher.add(orjson.dumps({"id": name, "text": f"{LATIN} {number}"}))
    stage.accepted += names
    finish(stage)
    before = counted(stage, "rejection")
    # by their ids: what is rejected again is another letter, which a second --all would rightly put back
    letters = [entry.decode() for entry, _ in stage.client.xrange(stage.names.dead)]
    command = [KHABAR, "dead", "requeue", *letters, "--redis-url", stage.url]
    with (stage.folder / "requeue.log").open("ab") as log, stage.history.doing("requeue", "requeue", names):
        for process in [subprocess.Popen(command, stdout=log, stderr=log) for _ in range(2)]:
            process.wait(PATIENCE_S)
    finish(stage)
    again = counted(stage, "rejection") - before
    verdict.require(len(letters) == count, f"{len(letters)} dead letters of {count}")
    verdict.require(again == count, f"{count} dead letters requeued twice were tried {again} times; wanted once each")
    verdict.faults += 2


def replayed(stage: Stage, numbers: range, times: int, verdict: Verdict) -> None:
    """The ledger read from its start while work is under way, and everything pushed again."""
    ledger = stage.names.ledger(Lane.LIVE)
    replays = 0
    for turn in range(2):
        push(stage, numbers)
        while unfinished(stage.client, stage.names, Lane.LIVE) and replays < (turn + 1) * times:
            before = int(stage.client.xlen(ledger))
            stage.client.xgroup_setid(ledger, GROUP, "0")
            replays += 1
            step = max(len(numbers) // (2 * times), 1)
            wait_until(lambda before=before, step=step: stage.client.xlen(ledger) <= max(before - step, 0))
    stage.accepted += [f"test-{number}" for number in numbers]
    finish(stage)
    verdict.require(replays >= times, f"only {replays} replays fell into the work")
    verdict.faults += replays


def killed_in_mid_file(stage: Stage, numbers: range, kills: int, verdict: Verdict) -> None:
    """`khabar push FILE` killed -9 in mid-file, and run again. It waits there, for nobody makes room in the ledger."""
    file = file_of(stage.folder, "killed", numbers)
    command = [KHABAR, "push", str(file), "--redis-url", stage.url]
    dispatchers = [stage.process(one.name) for one in stage.services if one.name.startswith("dispatcher")]
    names = [f"test-{number}" for number in numbers]
    with (stage.folder / "push.log").open("ab") as log, stage.history.doing("khabar push", "push", names):
        for dispatcher in dispatchers:
            dispatcher.suspend()
        for kill in range(kills):
            room = len(numbers) * (kill + 1) // (kills + 1)
            env = stage.env | {"KHABAR_MAX_LEDGER": str(room)}
            process = subprocess.Popen(command, stdout=log, stderr=log, env=env)
            wait_until(lambda process=process, room=room: pushed(stage) == room or process.poll() is not None)
            process.kill()
            ended = process.wait()
            verdict.require(ended == -signal.SIGKILL, f"the producer ended with {ended} before it could be killed")
        for dispatcher in dispatchers:
            dispatcher.resume()
        code = subprocess.run(command, stdout=log, stderr=log, timeout=PATIENCE_S).returncode
    verdict.require(code == 0, f"the last push exited with {code}; log in {stage.folder / 'push.log'}")
    verdict.require(pushed(stage) == len(numbers), f"{pushed(stage)} of {len(numbers)} lines are noted as pushed")
    stage.accepted += names
    finish(stage)
    verdict.faults += kills


def pushed(stage: Stage) -> int:
    """Return how many lines of the file are noted as pushed."""
    return sum(int(stage.client.hget(key, "items") or 0) for key in stage.client.keys(stage.names.pushed("*")))


def upgraded(stage: Stage, numbers: range, verdict: Verdict) -> None:
    """One host after the other restarted with another version, the same articles pushed before, between and after."""
    push(stage, numbers)
    for host in stage.hosts:
        host.env = {**host.env, "KHABAR_FAULT_VERSION": NEXT}
        restarts = host.restarts
        stage.process(host.name).send_signal(signal.SIGTERM)
        push(stage, numbers)
        wait_until(lambda host=host, restarts=restarts: host.restarts > restarts and is_ready(stage))
    push(stage, numbers)
    stage.accepted += [f"test-{number}" for number in numbers]
    finish(stage)
    verdict.faults += len(stage.hosts)


def is_ready(stage: Stage) -> bool:
    """Whether all are there again."""
    try:
        return stage.is_ready()
    except redis.RedisError:
        return False


def run(folder: Path, broker: Broker, scale: Scale) -> Verdict:
    """All of them, one after the other, on one stage."""
    size = scale.of(3_000, 400)
    same, again, file, upgrade = (range(start, start + size) for start in range(0, 4 * size, size))
    same = same[: size // 4]
    verdict = Verdict(Tally([]), faults=0)
    with Stage(
        folder,
        broker,
        hosts=2,
        children=1,
        dispatchers=2,
        module="tests.faults.faulty_worker",
        layers="links",
        lease_s=3,
    ) as stage:
        from_many_producers(stage, same, verdict)
        requeued_twice(stage, scale.of(200, 20), verdict)
        replayed(stage, again, scale.of(10, 2), verdict)
        killed_in_mid_file(stage, file, scale.of(5, 1), verdict)
        upgraded(stage, upgrade, verdict)

        events = Counter[str]()
        versions: dict[str, set[str]] = defaultdict(set)
        records, rejections = Counter[str](), Counter[str]()
        for event in published(stage):
            events[event.id] += 1
            versions[event.article].add(event.version)
            counter = records if event.is_record else rejections
            # one outcome of each version may be there: what counts is the most of one
            counter[event.article] = max(counter[event.article], events[event.id])
        pending = sum(unfinished(stage.client, stage.names, lane) for lane in Lane)
    verdict.tally = Tally(stage.accepted, records, rejections, pending)
    upgraded_names = {f"test-{number}" for number in upgrade}
    both = sum(len(found) > 1 for found in versions.values())
    strays = [name for name, found in versions.items() if len(found) > 1 and name not in upgraded_names]
    verdict.require(not strays, f"records of two versions outside the upgrade: {strays[:5]}")
    verdict.require(
        all(records[name] == 1 and not rejections[name] for name in stage.accepted if name.startswith("test-")),
        f"a good article without exactly one record of a version; logs in {folder}",
    )
    verdict.require(both > 0, "the upgrade fell between two pushes: no article has a record of each version")
    verdict.figures["events"] = f"{events.total():,}, of them {len(events):,} different"
    verdict.figures["articles with a record of each version"] = f"{both:,} of {len(upgrade):,}"
    return verdict


ROW = Row(9, "the same again: producers, requeueing, replay, a killed push, a rolling upgrade", run)
