"""Each recipe against `khabar extract --shards`: .venv/engines/bin/python -m benchmarks.engines ARCHIVE [ROUNDS [RECIPE …]].

Every engine has one worker and runs twice, over one file of the archive and over all: the difference is articles without any
start. Processor seconds of all processes of a run are counted (by /proc, ten times a second), because they depend less on what
else the machine does; the ratio is khabar's seconds an article by the engine's.
"""

import contextlib
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples" / "archives"
KHABAR = "khabar extract --shards"
RECIPES = ("datatrove_step.py", "parallel.sh", "spark.py", "ray_data.py")
TICK_S = 0.1


def commands(folder: Path, out: Path) -> dict[str, list[str]]:
    """Return each engine's command."""
    python, bin_ = sys.executable, Path(sys.executable).parent
    found = {KHABAR: [str(bin_ / "khabar"), "extract", "--processes", "1", "--shards", str(out), str(folder)]}
    for name in RECIPES:
        runner = "sh" if name.endswith(".sh") else python
        found[name] = [runner, str(EXAMPLES / name), str(folder), str(out), "1"]
    return found


def run(command: list[str]) -> tuple[float, float]:
    """Return wall and processor seconds of a command and all that it starts."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "KHABAR_RECOGNIZER": "fast",
        "PYSPARK_PYTHON": sys.executable,
        "RAY_AUTH_MODE": "disabled",
    }
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    family: dict[int, float] = {}
    me = psutil.Process(process.pid)
    while process.poll() is None:
        with_children = [me]
        with contextlib.suppress(psutil.NoSuchProcess):
            with_children += me.children(recursive=True)
        for each in with_children:
            try:
                times = each.cpu_times()
                family[each.pid] = times.user + times.system
            except psutil.NoSuchProcess:
                continue
        time.sleep(TICK_S)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.monotonic() - began, sum(family.values())


def main() -> None:
    """Print a table."""
    archive = Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chosen = [KHABAR, *(sys.argv[3:] or RECIPES)]
    files = sorted(archive.glob("*.gz"))
    counts = [len(gzip.decompress(file.read_bytes()).splitlines()) for file in files]
    more = sum(counts[1:])
    each_s: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        one = Path(scratch, "one")
        one.mkdir()
        shutil.copy(files[0], one)
        for number in range(rounds):
            for name in chosen:
                small, large = (
                    run(commands(folder, Path(scratch, f"out-{name}-{number}-{size}"))[name])
                    for size, folder in (("one", one), ("all", archive))
                )
                each_s.setdefault(name, []).append(((large[0] - small[0]) / more, (large[1] - small[1]) / more))
                print(
                    f"{name}: start {small[0]:.1f} s, {1000 * each_s[name][-1][1]:.1f} ms", file=sys.stderr, flush=True
                )
    khabar_wall, khabar_cpu = (median(pair[kind] for pair in each_s[KHABAR]) for kind in (0, 1))
    print(f"{sum(counts):,} articles in {len(files)} files, one worker, {rounds} rounds, medians; start left out")
    print(f"{'':<26}{'cpu ms/article':>16}{'ratio':>8}{'wall ms/article':>18}{'ratio':>8}")
    for name, pairs in each_s.items():
        wall, cpu = (median(pair[kind] for pair in pairs) for kind in (0, 1))
        print(f"{name:<26}{1000 * cpu:>16.1f}{khabar_cpu / cpu:>8.2f}{1000 * wall:>18.1f}{khabar_wall / wall:>8.2f}")


if __name__ == "__main__":
    main()
