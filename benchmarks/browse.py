"""How quickly `khabar browse` answers over many records: python -m benchmarks.browse RECORDS.jsonl [--records N].

The file's records are taken again and again under new ids and times until there are N, 100 an hour: a common word has as many
hits as in real news, a rare one as many as the file was repeated. Answers are timed at the socket of a real server.
"""

import argparse
import resource
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import orjson
import uvicorn

from khabar.browsing.app import build_app
from khabar.browsing.index import Index

BATCH = 200
TIMES = 15
BEGIN_S = 1_700_000_000
STEP_S = 36
SEARCHES: dict[str, dict[str, str]] = {
    "everything, newest first": {},
    "a common word": {"q": "قال"},
    "a word with its article": {"q": "الرئيس"},
    "three words": {"q": "الرئيس وزير الخارجية"},
    "a phrase": {"q": '"رئيس الوزراء"'},
    "a prefix": {"q": "مستش*"},
    "a word, without another": {"q": "الحكومة -انتخابات"},
    "a word that is not there": {"q": "غغغغغغ"},
    "a person": {"person": "أوباما"},
    "a place and a topic": {"place": "بغداد", "topic": "medtop:16000000"},
    "an outlet and a month": {"outlet": "BBC Arabic", "since": "2023-11-20", "until": "2023-12-20"},
    "a common word, the oldest page": {"q": "قال", "before": str((BEGIN_S + 3600) << 20)},
}  # fmt: skip


def made(path: Path, count: int) -> Iterator[dict[str, Any]]:
    """Yield records under new ids and times."""
    lines = [line for line in path.read_bytes().splitlines() if b'"provenance"' in line]
    for number, line in enumerate(islice(cycle(lines), count)):
        record = orjson.loads(line)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN_S + number * STEP_S))
        record["article"] |= {"id": f"made-{number}", "published_at": at}
        yield record | {"outcome_id": f"{number:032x}"}


def main() -> None:
    """Fill an index, serve it, time searches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--index", type=Path, help="keep the index there, and take it if it is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = Index(given.index or Path(folder) / "index.sqlite", keep=given.records)
        if not len(index):
            _fill(index, given.file, given.records)
        print(f"{len(index):,} records in {index.path.stat().st_size / 1e6:,.0f} MB")
        app = build_app(index.path, hosts=["127.0.0.1"], status=str)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
        Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        print(f"{'':<34} {'found':>8} {'median ms':>10} {'worst ms':>9} {'processor ms':>13}")
        for name, search in SEARCHES.items():
            _time(name, f"{address}/?{urlencode(search)}")
        for name, path in {"overview of 7 days": "/overview?days=7", "overview of all": "/overview?days=all"}.items():
            _time(name, address + path)
        server.should_exit = True
        index.close()
    print(f"most memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB")


def _fill(index: Index, path: Path, count: int) -> None:
    source = made(path, count)
    wall, processor = time.monotonic(), time.process_time()
    while batch := list(islice(source, BATCH)):
        index.add((None, record, 0) for record in batch)
    wall, processor = time.monotonic() - wall, time.process_time() - processor
    print(f"indexed {count / wall:,.0f} a second, {count / processor:,.0f} a second of the processor's time")


def _time(name: str, address: str) -> None:
    took: list[float] = []
    processor = time.process_time()
    for _ in range(TIMES):
        start = time.perf_counter()
        with urllib.request.urlopen(address) as answer:
            body = answer.read().decode()
        took.append((time.perf_counter() - start) * 1000)
    processor = (
        (time.process_time() - processor) * 1000 / TIMES
    )  # of this process: the server's and the little of the asker
    found = body.partition('role="status">')[2].partition("<")[0].replace("more than ", ">").partition(" ")[0]
    print(f"{name:<34} {found:>8} {statistics.median(took):>10.0f} {max(took):>9.0f} {processor:>13.0f}")


if __name__ == "__main__":
    main()
