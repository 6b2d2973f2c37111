"""Appends the articles of a folder of mended sheets to the annotations, those that pass the check.

python -m training.annotating.store FOLDER --into training/entities/annotations/other.jsonl
"""

import argparse
import json
import sys
from pathlib import Path

from training.annotating.check import check


def store(folder: Path, into: Path) -> tuple[int, list[str]]:
    """Return how many articles were appended, and a sentence for each fault of those that were not."""
    there = (
        {json.loads(line)["ref"] for line in into.read_text(encoding="utf-8").splitlines()} if into.exists() else set()
    )
    lines, faults = [], []
    for path in sorted(folder.glob("*.txt")):
        row, wrong = check(path)
        if not wrong and row["ref"] in there:
            wrong = [f"{path}: {row['ref']} is among the annotations already"]
        faults += wrong
        if not wrong:
            there.add(row["ref"])
            lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    with into.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    return len(lines), faults


def main() -> int:
    """Store a folder; return 1 if an article was left out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--into", type=Path, required=True)
    options = parser.parse_args()
    if not any(options.folder.glob("*.txt")):
        parser.error(f"{options.folder}: there is no sheet, that is, no *.txt")
    count, faults = store(options.folder, options.into)
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) + f"{count} articles stored\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
