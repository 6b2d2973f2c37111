"""The findings of `khabar status` while every process works: problems that lose articles, or will stop them.

A check is a function of State that gives sentences for a person. A new check is added to `find`, and nothing else changes.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from redis import Redis
from redis.exceptions import RedisError

from khabar.broker.durability import Level, configuration
from khabar.broker.local import LOOPBACK
from khabar.broker.replies import text
from khabar.errors import MACHINE_CODES
from khabar.keys.names import EVENT_FIELD, Names
from khabar.settings import Settings
from khabar.status import State

LATELY_S = 3_600
LOOKED_AT = 200  # dead letters hold originals, so not all of them are fetched
PAGE = 20
NEAR = 0.8  # of what stops reading
LITTLE_DISK_BYTES = 256 << 20  # the append-only file is written again beside itself when it has grown


def find(client: "Redis", state: State, settings: Settings) -> list[str]:
    """Return the problems that need a person, one sentence each; an empty list where all is well."""
    return [
        *_broker(state),
        *_stranded(state),
        *_machine_letters(client, settings.names),
        *_records(state, settings),
        *_memory(client, settings),
        *_disk(client, settings.redis_url),
    ]


def reading_stops(state: State, settings: Settings) -> str:
    """Say when reading will stop for want of room among the records, and for whom."""
    left = max(settings.max_records - state.records, 0)
    owed = {name: group.unread + group.unacknowledged for name, group in state.groups.items()}
    behind = {name: count for name, count in owed.items() if state.groups[name].state in ("alive", "dead")}
    if not behind:
        why = "no group reads them, so none is trimmed"
    else:
        name = max(behind, key=lambda group: behind[group])
        if not behind[name]:
            return ""
        why = f"group {name} has not read and acknowledged {behind[name]:,}"
    return f"reading stops in {left:,} {_plural(left, 'article')}, because {why}"


def _broker(state: State) -> Iterator[str]:
    """Why the broker may forget; what it does not tell is no finding, for many brokers tell nobody; advice neither."""
    yield from (
        f"the broker's {finding}"
        for finding in state.broker_findings
        if finding.level in (Level.REFUSED, Level.WARNING)
    )


def _stranded(state: State) -> Iterator[str]:
    for name, lane in state.lanes.items():
        if lane.stranded:
            articles = f"{lane.stranded:,} {_plural(lane.stranded, 'article')}"
            yield f"no worker holds {articles} of the {name} lane any more; a running dispatcher takes them over within seconds"


def _records(state: State, settings: Settings) -> Iterator[str]:
    if state.records >= NEAR * settings.max_records and (when := reading_stops(state, settings)):
        yield f"{state.records:,} of {settings.max_records:,} records wait to be read: {when} (`khabar groups`)"


def _machine_letters(client: "Redis", names: Names) -> Iterator[str]:
    """Dead letters of the last hour that are no fault of their articles."""
    seconds: Any = client.time()
    start, end = f"{(seconds[0] - LATELY_S) * 1000}", "+"
    found: Counter[str] = Counter()
    looked_at = 0
    while looked_at < LOOKED_AT:
        entries: Any = client.xrevrange(names.dead, max=end, min=start, count=PAGE)
        for _, fields in entries:
            found[_code(fields.get(EVENT_FIELD.encode(), b""))] += 1
        looked_at += len(entries)
        if len(entries) < PAGE:
            break
        end = f"({text(entries[-1][0])}"
    if by_machine := {code: found[code] for code in sorted(MACHINE_CODES) if found[code]}:
        total = sum(by_machine.values())
        codes = ", ".join(f"{count:,} {code}" for code, count in by_machine.items())
        more = " or more" if looked_at >= LOOKED_AT else ""
        yield (
            f"{total:,}{more} {_plural(total, 'article')} became dead letters within the hour because of the machine ({codes}): "
            f"is it overloaded or short of memory? `khabar dead requeue --all --code {next(iter(by_machine))}` tries them again"
        )


def _code(event: bytes) -> str:
    with suppress(ValueError, TypeError, AttributeError, KeyError):
        return str(orjson.loads(event)["data"]["code"])
    return ""


def _memory(client: "Redis", settings: Settings) -> Iterator[str]:
    memory: Any = client.info("memory")
    most = memory.get("maxmemory", 0) * settings.max_memory_share
    if most and memory["used_memory"] >= NEAR * most:
        yield (
            f"the broker uses {memory['used_memory'] / 1e6:,.0f} MB, and reading stops at {most / 1e6:,.0f} MB: let consumers "
            "read, drop dead letters, or give it more (maxmemory)"
        )


def _disk(client: "Redis", url: str) -> Iterator[str]:
    """The disk of a broker on this machine; one elsewhere has its own watch."""
    with suppress(RedisError):
        persistence: Any = client.info("persistence")
        if persistence.get("aof_enabled") and persistence.get("aof_last_write_status") == "err":
            yield "the broker cannot write its append-only file: its disk is full or broken"
    folder, free = broker_disk(client, url)
    if free is not None and free < LITTLE_DISK_BYTES:
        yield f"the disk of the broker's data has {free / 1e6:,.0f} MB left ({folder}): make room before it refuses articles"


def broker_disk(client: "Redis", url: str) -> tuple[Path, int | None]:
    """Return the folder of the broker's data and the bytes free there; None where it is on another machine, or does not say."""
    folder = Path("/nowhere")
    if url.startswith("unix://") or urlsplit(url).hostname in LOOPBACK:
        with suppress(RedisError, OSError):
            folder = Path(configuration(client, "dir") or folder)
            if (folder / "appendonlydir").is_dir():
                return folder, shutil.disk_usage(folder).free
    return folder, None


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
