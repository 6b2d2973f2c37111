"""`python -m tests.faults`: every row on both brokers, the two side by side; one table at the end."""

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
from tests.faults.campaign import Result, all_rows, brokers, label, run_row, table
from tests.faults.row import Scale

CLEAN_UP_S = 30.0


def main() -> int:
    """Run what was asked for; 1 if any row failed."""
    parser = argparse.ArgumentParser(prog="make faults", description="The fault campaign.")
    parser.add_argument("--row", type=int, action="append", help="only this row; may be given again")
    parser.add_argument("--broker", choices=brokers(), help="only on this broker")
    parser.add_argument("--scale", choices=("full", "short"), default="full")
    parser.add_argument("--minutes", type=float, help="how long the last row lasts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--keep", action="store_true", help="keep the data and logs of rows that passed")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)  # of a campaign: no table
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill cleans up like Ctrl-C
    folder = Path(tempfile.mkdtemp(prefix="khabar-faults-"))
    try:
        results = on_one(options, folder) if options.broker else side_by_side(options, folder)
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        return 130
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


def on_one(options: argparse.Namespace, folder: Path) -> list[Result]:
    """Run the rows on one broker, here, with a line for each as it ends."""
    binary = brokers()[options.broker]
    if binary is None:
        print(f"{options.broker} is left out: no {DEBIAN} on this machine; `apt-get install {DEBIAN}`", flush=True)
        return []
    scale = Scale.FULL if options.scale == "full" else Scale.SHORT
    if options.minutes is not None:
        scale = replace(scale, minutes=options.minutes)
    results = []
    for row in all_rows():
        if options.row and row.number not in options.row:
            continue
        place = folder / f"row{row.number:02}"
        result = run_row(row, place, broker=label(options.broker, binary), binary=binary, scale=scale)
        print(result.line(), flush=True)
        if result.passed and not options.keep:
            shutil.rmtree(place, ignore_errors=True)
        results.append(result)
    return results


def side_by_side(options: argparse.Namespace, folder: Path) -> list[Result]:
    """Run one process a broker: most of a row is waiting."""
    processes: dict[Path, subprocess.Popen[bytes]] = {}
    for broker, binary in brokers().items():
        if binary is None and not os.environ.get("CI"):
            print(f"{broker} is left out: no {DEBIAN} on this machine; `apt-get install {DEBIAN}`", flush=True)
            continue
        found = folder / f"{broker}.json"
        command = [sys.executable, "-m", "tests.faults", *sys.argv[1:], "--part", "--broker", broker]
        command += ["--json", str(found)]
        processes[found] = subprocess.Popen(command)
    try:
        for process in processes.values():
            process.wait()
    except KeyboardInterrupt:
        for process in processes.values():
            process.send_signal(signal.SIGINT)
        for process in processes.values():
            process.wait(CLEAN_UP_S)
        raise
    results = []
    for found in processes:
        if found.exists():
            results += [Result(**result) for result in json.loads(found.read_text())]
            found.unlink()
    return results


if __name__ == "__main__":
    sys.exit(main())
