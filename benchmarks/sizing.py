"""What an archive takes: python -m benchmarks.sizing ARTICLES.jsonl.gz [FAST [ACCURATE]], numbers of articles; start left out."""

import gzip
import sys
import time
from itertools import islice

from backports import zstd

import khabar

MILLIONS = (1, 10, 100)
HOUR_S = 3_600


def main() -> None:
    """Print processor milliseconds and bytes an article, and what millions of them would take."""
    path, *counts = sys.argv[1:]
    with gzip.open(path) as file:
        lines = list(islice((line.strip() for line in file), 20_000))
    sizes = [*map(int, counts), *(500, 50)[len(counts) :]]
    for recognizer, count in zip(("fast", "accurate"), sizes, strict=True):
        extractor = khabar.Extractor(recognizer=recognizer)  # type: ignore[arg-type]
        extractor(lines[1:50])
        sample = lines[:: max(1, len(lines) // count)][:count]  # of all outlets, and much the same for both
        began = time.process_time()
        rows = extractor(sample)
        ms = 1_000 * (time.process_time() - began) / len(sample)
        records = b"".join((row["record"] or row["rejection"]).encode() + b"\n" for row in rows)
        packed = len(zstd.compress(records, 3)) / len(sample)
        read = sum(map(len, sample)) / len(sample)
        json_bytes = len(records) / len(sample)
        print(
            f"{recognizer}: n={len(sample)}, input {read:,.0f} bytes, {ms:.1f} ms, record {json_bytes:,.0f}, zst {packed:,.0f}"
        )
        for millions in MILLIONS:
            print(
                f"  {millions:>4} million: {millions * 1e6 * ms / 1e3 / HOUR_S:>8,.0f} core-hours, "
                f"{millions * packed / 1e3:>6,.0f} GB as jsonl.zst, {millions * json_bytes / 1e3:>6,.0f} GB as JSON"
            )


if __name__ == "__main__":
    main()
