"""The frame of `khabar status --watch`: figures of the last seconds, and nothing of a stranger that moves the cursor."""

import io
from dataclasses import replace

from rich.console import Console

from khabar.cli.visible import visible
from khabar.cli.watching import Look, frame
from khabar.counting import Counted, Measure, Tally, name
from khabar.liveness.processes import Process, Role
from khabar.liveness.rules import Health, Verdict
from khabar.settings import load_settings
from khabar.status import LaneState
from tests.unit.metrics.looks import full_look

HOSTILE = "\x1b[2J\r\x9b31m[bold]\u202eأرشيف\u2069\x07"


def shown(*looks: Look) -> str:
    console = Console(file=io.StringIO(), width=160, force_terminal=False)
    console.print(frame(looks, load_settings()))
    return console.file.getvalue()  # type: ignore[attr-defined]  # of a StringIO


def look(at_s: float, records: int, *latency_ms: int, **changes: object) -> Look:
    tally = Tally()
    for value in latency_ms:
        tally.observe(Measure.ARTICLE_MS, value, "live")
    counted = Counted({name(Measure.ARTICLES, "live", "record", ""): records, **tally.take()})
    state = replace(full_look().state, counted=counted, lanes={"live": LaneState(7, 3, 0)}, **changes)
    return Look(at_s, state, Verdict(Health.WELL))


def test_rates_and_percentiles_are_of_the_time_between_the_looks() -> None:
    """What came before says nothing of now."""
    said = shown(look(100.0, 50, *[9_000] * 50), look(110.0, 150, *[9_000] * 50, *[100] * 98, 400, 400))
    (line,) = [line.split() for line in said.splitlines() if line.startswith("live")]
    assert line[1:4] == ["7", "3", "10.0"]
    assert line[4].isdigit()
    assert int(line[4]) <= 100, "the median of the last ten seconds"
    assert line[-1] == "99,990"


def test_the_first_look_has_no_rate() -> None:
    """Nothing is known yet, which is not nothing a second."""
    (line,) = [line.split() for line in shown(look(5.0, 50, 100)).splitlines() if line.startswith("live")]
    assert line[3:7] == ["–"] * 4


def test_what_needs_a_person_comes_first() -> None:
    """A stall, else the findings, else `well`."""
    well = look(1.0, 1)
    assert shown(well).startswith("well")
    assert shown(replace(well, findings=["the disk has 5 MB left"])).startswith("needs you: the disk has 5 MB left")
    assert shown(replace(well, verdict=Verdict(Health.STALLED, "no batch"))).startswith("stalled: no batch")


def test_it_says_who_works_what_died_and_when_reading_stops() -> None:
    """Children, dead letters by code, groups that lag, memory and disk."""
    found = full_look()
    said = shown(
        Look(1.0, found.state, found.verdict, (), {"host:7": 3}, 5_000_000, 7_000_000)  # type: ignore[arg-type]  # a Counter's face
    )
    for words in (
        "2; of workers so far: 2 timed_out",
        "reading stops in 99,995 articles, because group archive has not read and acknowledged 5",
        "5 MB left for the broker's data",
        "this machine has 7 MB left",
        "detached",
    ):
        assert words in said
    (worker,) = [line.split() for line in said.splitlines() if line.startswith("worker")]
    assert worker == ["worker", "host:7", "3", "0", "s", "0", "s"]


def test_nothing_of_a_stranger_reaches_the_terminal() -> None:
    """Groups, hosts, codes and reasons are whatever somebody has written into the broker."""
    state = full_look().state
    state = replace(
        state,
        groups={HOSTILE: next(iter(state.groups.values()))},
        processes=[Process(Role.WORKER, HOSTILE, 7, 0.1, 0.1)],
        lanes={"live": LaneState(0, 0, 0)},
        counted=Counted({name(Measure.ARTICLES, "live", "rejection", HOSTILE): 1}),
    )
    for verdict in (Verdict(Health.WELL), Verdict(Health.DOWN, HOSTILE)):
        said = shown(Look(1.0, state, verdict, (HOSTILE,)))
        assert visible(said, lines=True) == said
        assert "[bold]" in said
