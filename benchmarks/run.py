"""Every benchmark one after the other, for docs/explanation/benchmarks.md; --text FILE.jsonl goes to each."""

import subprocess
import sys

BENCHMARKS = ("segmentation", "layers", "entities", "push", "delivery")

if __name__ == "__main__":
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], check=True)
