"""`python -m tests.faults`: every row on both brokers, side by side where that disturbs nothing; one table at the end."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from tests.broker import DEBIAN
from tests.faults.campaign import PLAN, Result, all_rows, brokers, label, run_row, table
from tests.faults.row import Scale

CLEAN_UP_S = 30.0


def main() -> int:
    """Run what was asked for; 1 if any row failed."""
    numbers = [row.number for row in all_rows()]
    parser = argparse.ArgumentParser(prog="make faults", description="The fault campaign.")
    parser.add_argument("--row", type=int, choices=numbers, action="append", help="only this row; may be given again")
    parser.add_argument("--broker", choices=brokers(), help="only on this broker")
    parser.add_argument("--scale", choices=("full", "short"), default="full")
    parser.add_argument("--minutes", type=float, help="how long the last row lasts")
    parser.add_argument("--cuts", type=int, help="how often row 11 cuts the power")
    parser.add_argument(
        "--fsync", choices=("always", "everysec", "no"), default="always", help="the broker's appendfsync"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--keep", action="store_true", help="keep the data and logs of rows that passed")
    parser.add_argument("--part", type=int, nargs="+", metavar="ROW", help=argparse.SUPPRESS)  # of a campaign: no table
    options = parser.parse_args()
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # a polite kill cleans up like Ctrl-C, also where a shell has it ignored
        signal.signal(number, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="khabar-faults-"))
    try:
        results = part(options, folder) if options.part else as_planned(options, folder)
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        return 130
    if not options.part:
        for name in set(brokers()) - set(available(None)):
            print(f"{name} is left out: no {DEBIAN} on this machine; `apt-get install {DEBIAN}`")
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1))
    if not options.part:
        print("\n" + table(results))
    if any(folder.iterdir()):
        print(f"logs and data: {folder}")
    else:
        folder.rmdir()
    return 0 if all(is_well(result) for result in results) and results else 1


def is_well(result: Result) -> bool:
    """Whether a row passed; one that this machine cannot run is no failure, except in CI."""
    return not os.environ.get("CI") if result.passed is None else result.passed


def part(options: argparse.Namespace, folder: Path) -> list[Result]:
    """Run the rows on one broker, here, with a line for each as it ends."""
    binary = brokers()[options.broker]
    assert binary is not None
    scale = Scale.FULL if options.scale == "full" else Scale.SHORT
    if options.minutes is not None:
        scale = replace(scale, minutes=options.minutes)
    if options.cuts is not None:
        scale = replace(scale, cuts=options.cuts)
    results = []
    for row in all_rows():
        if row.number not in options.part:
            continue
        place = folder / f"row{row.number:02}"
        result = run_row(
            row, place, broker=label(options.broker, binary), binary=binary, scale=scale, fsync=options.fsync
        )
        print(result.line(), flush=True)
        if result.passed and not options.keep:
            shutil.rmtree(place, ignore_errors=True)
        results.append(result)
    return results


def as_planned(options: argparse.Namespace, folder: Path) -> list[Result]:
    """Run one process for each lane on each broker: most of a row is waiting."""
    chosen = options.row or [row.number for row in all_rows()]
    results: list[Result] = []
    for step in PLAN:
        names = available(options.broker)
        for together in [[name] for name in names] if step.brokers_apart else [names]:
            results += run_lanes(step.lanes, together, chosen, folder)
    for broker in available(options.broker):
        for row in all_rows():
            if row.number in chosen and not any(r.row == row.number and r.broker.startswith(broker) for r in results):
                lost = Result(row.number, row.fault, broker, 0.0, broken=["its process ended without a result"])
                results.append(lost)
    return results


def run_lanes(lanes: tuple[tuple[int, ...], ...], names: list[str], chosen: list[int], folder: Path) -> list[Result]:
    """Run the chosen rows of these lanes on these brokers, all side by side."""
    processes = {}
    for number, lane in enumerate(lanes):
        wanted = [row for row in lane if row in chosen]
        for broker in names if wanted else []:
            found = folder / f"{broker}-{number}.json"
            processes[found] = start_part(broker, wanted, found)
    wait_for(list(processes.values()))
    results: list[Result] = []
    for found in processes:
        if found.exists():
            results += [Result(**result) for result in json.loads(found.read_text())]
            found.unlink()
    return results


def available(only: str | None) -> list[str]:
    """Return the brokers that are asked for and that this machine has."""
    return [name for name, binary in brokers().items() if binary is not None and only in (None, name)]


def start_part(broker: str, rows: list[int], found: Path) -> "subprocess.Popen[bytes]":
    """Start a process for these rows on this broker; it writes its results into `found`."""
    command = [sys.executable, "-m", "tests.faults", *sys.argv[1:], "--broker", broker, "--json", str(found)]
    return subprocess.Popen([*command, "--part", *map(str, rows)])


def wait_for(processes: list["subprocess.Popen[bytes]"]) -> None:
    """Wait for all; Ctrl-C goes to each, and each cleans up."""
    try:
        for process in processes:
            process.wait()
    except KeyboardInterrupt:
        for process in processes:
            process.send_signal(signal.SIGINT)
        for process in processes:
            process.wait(CLEAN_UP_S)
        raise


if __name__ == "__main__":
    sys.exit(main())
