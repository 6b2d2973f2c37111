"""Every benchmark one after the other, for docs/benchmarks.md. Figures are ratios within one run, or of this machine alone."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = ("segmentation", "push", "delivery")

if __name__ == "__main__":
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, str(Path(__file__).with_name(f"{name}.py")), *sys.argv[1:]], check=True)
