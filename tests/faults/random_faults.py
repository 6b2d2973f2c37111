"""Faults drawn at random from a seed: what is done to whom, how long, how long after the work began."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import orjson
import psutil

from tests.articles import article
from tests.faults import outages
from tests.faults.consumer import Consumer
from tests.faults.faulty_worker import marked
from tests.faults.stage import Stage

TRIES = 20  # of a fault that finds nobody: its process is just being restarted
POISON_FIRST = 10_000_000  # numbers that no good article has
TAKE_OVER_S = 2.0
KILLS = ("kill host", "kill child", "kill dispatcher", "kill broker", "kill consumer")
OTHERS = (
    "SIGTERM host",
    "SIGTERM dispatcher",
    "stop child",
    "stop host",
    "stop dispatcher",
    "broker frozen",
    "connections cut",
    "out of memory",
    "read-only",
    "poison",
    "duplicates",
)
POISON = ("exit", "kill", "kill_host", "raise", "hang")


@dataclass(frozen=True)
class Fault:
    """One planned fault.

    Attributes:
        after_s: after the work began.
        lasts_s: of what is ended again; a broker is down for so long.
        choice: 0..1, which of several targets.
    """

    kind: str
    after_s: float
    lasts_s: float
    choice: float

    @property
    def is_kill(self) -> bool:
        """Whether a process dies of kill -9."""
        return self.kind in KILLS


def planned(seed: int) -> Iterator[Fault]:
    """Draw faults for ever, the same for the same seed; two of three are kills."""
    draw = random.Random(seed)
    while True:
        kind = draw.choice(KILLS if draw.random() < 2 / 3 else OTHERS)
        yield Fault(kind, after_s=draw.uniform(0, 0.3), lasts_s=draw.uniform(0.2, 4.0), choice=draw.random())


def brief_kills(seed: int) -> Iterator[Fault]:
    """Draw kills alone, nobody down for longer than a second."""
    for fault in planned(seed):
        if fault.is_kill:
            yield replace(fault, lasts_s=fault.lasts_s / 4)


@dataclass
class Breaker:
    """Makes planned faults happen on a stage.

    Attributes:
        poisoned: ids of the poison pushed so far; they are the row's to expect among the dead letters.
    """

    stage: Stage
    consumer: Consumer
    poisoned: list[str] = field(default_factory=list)

    def make(self, fault: Fault) -> bool:
        """Break it, and where it is to be mended, mend it; False where the target was not to be found in many tries."""
        for _ in range(TRIES):
            try:
                self._make(fault)
            except (psutil.NoSuchProcess, IndexError, AssertionError):
                time.sleep(0.2)  # its process is being restarted
            else:
                return True
        return False

    def start_consumer(self) -> None:
        """Start another consumer of the group in place of the one that died."""
        dead = self.consumer
        self.consumer = Consumer(self.stage.folder, self.stage.url, dead.group, take_over_s=TAKE_OVER_S)

    def _make(self, fault: Fault) -> None:
        action, _, role = fault.kind.partition(" ")
        match action, role:
            case (("kill" | "SIGTERM" | "stop"), ("host" | "child" | "dispatcher")):
                self._signal(action, role, fault)
            case "kill", "broker":
                self._during(outages.killed, fault)
            case "kill", "consumer":
                self.consumer.kill()
                self.start_consumer()
            case "broker", "frozen":
                self._during(outages.frozen, fault)
            case "connections", "cut":
                self._during(outages.cut, fault)
            case "out", "of memory":
                self._during(outages.out_of_memory, fault)
            case "read-only", "":
                self._during(outages.read_only, fault)
            case "poison", "":
                self._poison(fault)
            case "duplicates", "":
                self._duplicates(fault)
            case _:
                raise ValueError(fault.kind)

    def _signal(self, action: str, role: str, fault: Fault) -> None:
        name = self._one_of("dispatcher" if role == "dispatcher" else "worker", fault)
        if action == "kill" and role == "host":
            self.stage.kill_host(name)
            return
        process = self.stage.process(name)
        if role == "child":
            children = process.children()
            process = children[int(fault.choice * 1000) % len(children)] if children else children[0]
        if action == "kill":
            process.kill()
        elif action == "SIGTERM":
            process.terminate()
        else:
            process.suspend()
            try:
                time.sleep(fault.lasts_s)
            finally:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    def _one_of(self, role: str, fault: Fault) -> str:
        names = [service.name for service in self.stage.services if service.name.startswith(role)]
        return names[int(fault.choice * len(names))]

    def _during(self, outage: Callable[[Stage], contextlib.AbstractContextManager[None]], fault: Fault) -> None:
        with outage(self.stage):
            time.sleep(fault.lasts_s)

    def _poison(self, fault: Fault) -> None:
        number = POISON_FIRST + len(self.poisoned)
        kind = POISON[int(fault.choice * len(POISON))]
        name = f"test-{number}"
        with self.stage.history.doing("poisoner", "push", [name]), self.stage.publisher() as publisher:
            publisher.add(orjson.dumps(marked(number, kind)))
        self.poisoned.append(name)

    def _duplicates(self, fault: Fault) -> None:
        last = len(self.stage.accepted)
        first = int(fault.choice * last)
        with self.stage.publisher() as publisher:
            for number in range(first, min(first + 200, last)):
                publisher.add(orjson.dumps(random_article(number)))


def random_article(number: int) -> dict[str, str]:
    """Return the numbered article of this row."""
    return article(number, sentences=3)
