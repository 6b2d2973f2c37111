"""Lists the items of mended sheets that cannot be found, are ambiguous or break the guideline's form; exit status 1 if any does.

python -m training.annotating.check FILE...
"""

import argparse
import sys
from pathlib import Path

from training.annotating.sheet import Row, read


def check(path: Path) -> tuple[Row, list[str]]:
    """Return the article of a sheet, in the form of other.jsonl, and a sentence `FILE:LINE: …` for each fault.

    Of a file that cannot be read: an empty article, and a sentence `FILE: …`.
    """
    try:
        sheet = path.read_bytes().decode("utf-8")
    except OSError as error:
        return {}, [f"{path}: {error.strerror}"]
    except UnicodeDecodeError:
        return {}, [f"{path}: is not utf-8; a sheet is a text file that `draft` has written"]
    row, _, problems = read(sheet)
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
