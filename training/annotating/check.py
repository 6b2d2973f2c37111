"""Says what in mended sheets cannot be found, is ambiguous, or breaks the guideline's form; exit status 1 if anything does.

python -m training.annotating.check FILE...
"""

import argparse
import sys
from pathlib import Path

from training.annotating.sheet import Row, read


def check(path: Path) -> tuple[Row, list[str]]:
    """Return the article of a sheet, in the form of other.jsonl, and a sentence `FILE:LINE: …` for each fault."""
    row, _, problems = read(path.read_bytes().decode("utf-8"))
    return row, [f"{path}:{line}: {sentence}" for line, sentence in problems]


def main() -> int:
    """Print all faults; return 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    faults = [fault for path in parser.parse_args().files for fault in check(path)[1]]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) or "all well\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
