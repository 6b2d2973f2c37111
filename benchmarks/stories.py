"""What grouping costs an article as the window fills: `python -m benchmarks.stories RECORDS.jsonl [ARTICLES]`.

The records of the file are used again and again, each time with a share of their words changed, as if on other events, and with
all of them within one window. Printed at each doubling: articles in the window, milliseconds of one core and bytes an article.
"""

import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from khabar.messages.record import Record
from khabar.pipeline.fingerprint import encode, sketch
from khabar.stories.grouping import Grouping

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CHANGED = 0.4  # of the words
FIRST = 2_500


def main() -> None:
    """Group, and print a line at each doubling."""
    records = [Record.model_validate_json(line) for line in Path(sys.argv[1]).read_bytes().splitlines()]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    grouping, begin_kib = Grouping(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent, last, due = 0.0, 0, FIRST
    print("articles  ms an article  table bytes an article  resident bytes an article")
    for number, record in enumerate(varied(records, count), start=1):
        start = time.process_time()
        grouping.add(record)
        spent += time.process_time() - start
        if number in (due, count):
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begin_kib) * 1024
            print(
                f"{number:>8} {1000 * spent / (number - last):>14.2f} {grouping.nbytes / number:>23.0f} {grown / number:>26.0f}"
            )
            spent, last, due = 0.0, number, due * 2


def varied(records: list[Record], count: int) -> Iterator[Record]:
    """Yield as many records as asked for, within six days."""
    chance = random.Random(18)
    words = sorted({word for record in records[:500] for word in record.text.split()})
    for number in range(count):
        record = records[number % len(records)]
        round_ = number // len(records)
        text = [
            word if round_ == 0 or chance.random() > CHANGED else chance.choice(words)
            for word in record.text.split(" ")
        ]
        at = BEGIN + timedelta(days=6 * number / count)
        article = record.article.model_copy(update={"id": str(number), "published_at": at})
        body = " ".join(text)
        update = {"article": article, "text": body, "fingerprint": encode(sketch(body.split()))}
        yield record.model_copy(update=update)


if __name__ == "__main__":
    main()
