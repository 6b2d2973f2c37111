"""Check histories: was every acknowledged article published once? `python tests/history/check.py FILE...`; --help says more.

This program shares no code with khabar and needs nothing but Python's standard library. It judges in the manner of Jepsen's
total-queue and set-full: what was acknowledged must be read, and what is read must have been pushed.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHOWN = 10  # ids of each kind that a person is shown
INVALID, UNREADABLE = 1, 2  # exit codes
HISTORY = """\
A history is JSON lines, one event each: process, type (invoke, ok, fail, info), f, value, time (monotonic, ns), wall (s).
  f push      value: article ids. ok: accepted; fail: surely refused; info, or no second event: unknown
  f requeue   value: article ids of dead letters put back; each may then have one further outcome
  f read      ok, with `group`; value: records, each with article, event, entry, hash, version
  f read-dead the same of dead letters
`once` on a read says that its process must not read one entry twice. An entry is one publication on a stream.
"""


class Unreadable(Exception):
    """A line that is no event; the message says where."""


@dataclass
class Publications:
    """What became of one article.

    Attributes:
        records: entries of the records, with the version that made each.
        rejections: entries of the dead letters.
        hashes: event id -> hash of the first content seen under it.
    """

    records: dict[str, str] = field(default_factory=dict)
    rejections: set[str] = field(default_factory=set)
    hashes: dict[str, str] = field(default_factory=dict)

    def is_doubled(self, requeued: int) -> bool:
        """Whether there is more than one outcome of one version, requeueing aside."""
        versions = Counter(self.records.values())
        if requeued == 0 and self.records and self.rejections:
            return True
        return any(count > 1 + requeued for count in (*versions.values(), len(self.rejections)))


@dataclass
class Verdict:
    """What a history says; every list is sorted.

    Attributes:
        acknowledged: articles whose push ended with ok.
        published: acknowledged articles that were read.
        lost: acknowledged, and never read by anybody.
        lost_to_group: consumer group -> acknowledged articles with a record that it never read.
        doubled: read as more than one publication of one version, or twice by a reader that must not.
        unexpected: read, and never pushed, or pushed and surely refused.
        altered: one event id with two contents.
        unknown_published, unknown_unseen: a push of unknown end that appeared, or did not.
        redelivered: consumer group -> repeated deliveries of one entry, which a take-over may cause.
        nameless: dead letters of originals without a readable id, which no push can be matched with.
    """

    acknowledged: list[str]
    published: list[str]
    lost: list[str]
    lost_to_group: dict[str, list[str]]
    doubled: list[str]
    unexpected: list[str]
    altered: list[str]
    unknown_published: list[str]
    unknown_unseen: list[str]
    redelivered: dict[str, int]
    nameless: int

    @property
    def is_valid(self) -> bool:
        """Whether nothing is lost, doubled, unexpected or altered. What is unknown is no fault."""
        return not (self.lost or self.doubled or self.unexpected or self.altered or any(self.lost_to_group.values()))


class Checker:
    """Takes events in any order; judge() when all are in."""

    def __init__(self) -> None:
        self._invoked: set[str] = set()
        self._acknowledged: set[str] = set()
        self._refused: set[str] = set()
        self._requeued: Counter[str] = Counter()
        self._seen: defaultdict[str, Publications] = defaultdict(Publications)
        self._groups: defaultdict[str, set[str]] = defaultdict(set)  # group -> entries of records
        self._by_once: defaultdict[str, set[str]] = defaultdict(set)  # process that reads once -> entries
        self._twice: set[str] = set()
        self._altered: set[str] = set()
        self._redelivered: Counter[str] = Counter()
        self._nameless: set[str] = set()

    def take(self, event: dict[str, Any]) -> None:
        """Note one event.

        Raises:
            KeyError, TypeError: it is not as HISTORY says.
        """
        kind, f, value = event["type"], event["f"], event["value"]
        if f == "push":
            self._push(kind, value)
        elif f == "requeue" and kind != "fail":
            self._requeued.update(value if kind == "invoke" else ())
        elif f in ("read", "read-dead") and kind == "ok":
            for item in value:
                self._read(event, item, is_record=f == "read")

    def _push(self, kind: str, articles: Iterable[str]) -> None:
        if kind == "invoke":
            self._invoked.update(articles)
        elif kind == "ok":
            self._acknowledged.update(articles)
        elif kind == "fail":
            self._refused.update(articles)

    def _read(self, event: dict[str, Any], item: dict[str, str], *, is_record: bool) -> None:
        article, entry = item["article"], item["entry"]
        place = f"{event['f']} {entry}"
        if event.get("once"):
            if place in self._by_once[event["process"]]:
                self._twice.add(article)
            self._by_once[event["process"]].add(place)
        if not article:
            self._nameless.add(place)
            return
        seen = self._seen[article]
        if is_record:
            group = self._groups[event["group"]]
            self._redelivered[event["group"]] += entry in group and not event.get("once")
            group.add(entry)
            seen.records[entry] = item["version"]
        else:
            seen.rejections.add(entry)
        if seen.hashes.setdefault(item["event"], item["hash"]) != item["hash"]:
            self._altered.add(article)

    def judge(self) -> Verdict:
        """Say what is lost, doubled, unexpected and unknown."""
        seen = set(self._seen)
        refused = self._refused - self._acknowledged
        unknown = self._invoked - self._acknowledged - refused
        doubled = {name for name, found in self._seen.items() if found.is_doubled(self._requeued[name])}
        recorded = {name: found.records for name, found in self._seen.items() if found.records}
        return Verdict(
            acknowledged=sorted(self._acknowledged),
            published=sorted(self._acknowledged & seen),
            lost=sorted(self._acknowledged - seen),
            lost_to_group={
                group: sorted(
                    name
                    for name, entries in recorded.items()
                    if name in self._acknowledged and group_entries.isdisjoint(entries)
                )
                for group, group_entries in self._groups.items()
            },
            doubled=sorted(doubled | self._twice),
            unexpected=sorted(seen - self._invoked | seen & refused),
            altered=sorted(self._altered),
            unknown_published=sorted(unknown & seen),
            unknown_unseen=sorted(unknown - seen),
            redelivered={group: count for group, count in self._redelivered.items() if count},
            nameless=len(self._nameless),
        )


def events(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Read the events of several files.

    Raises:
        Unreadable: a line that is not JSON. The last line of a file may be cut: its writer was killed.
    """
    for path in paths:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield json.loads(line)
                except ValueError as error:
                    if line.endswith(b"\n"):
                        raise Unreadable(f"{path}, line {number}: {error}") from error


def check(paths: Iterable[Path]) -> Verdict:
    """Judge the histories of one run together.

    Raises:
        Unreadable: a line that is no event.
    """
    checker = Checker()
    for event in events(paths):
        try:
            checker.take(event)
        except (KeyError, TypeError) as error:
            raise Unreadable(f"no event: {str(event)[:200]} ({error!r})") from error
    return checker.judge()


def lines(verdict: Verdict, shown: int) -> Iterator[str]:
    """Write the verdict for a person: counts, and the first ids of each kind."""
    kinds: dict[str, list[str]] = {"acknowledged": verdict.acknowledged, "published": verdict.published}
    faults = {"lost": verdict.lost, "doubled": verdict.doubled, "unexpected": verdict.unexpected}
    faults["altered"] = verdict.altered
    faults |= {f"lost to group {group}": names for group, names in verdict.lost_to_group.items()}
    unknown = {"unknown, published": verdict.unknown_published, "unknown, unseen": verdict.unknown_unseen}
    for name, found in (kinds | faults | unknown).items():
        ids = ", ".join(found[:shown]) + (" ..." if len(found) > shown else "")
        yield f"{name}: {len(found):,}" + (f" ({ids})" if found and name not in kinds else "")
    for group, count in verdict.redelivered.items():
        yield f"delivered again to group {group}: {count:,}"
    yield f"dead letters without an id: {verdict.nameless:,}"
    yield "valid" if verdict.is_valid else "NOT VALID"


def main() -> int:
    """Check the files; 0 valid, 1 not, 2 unreadable."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=HISTORY, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="histories of one run, judged together")
    parser.add_argument("--json", action="store_true", help="print the verdict with all ids as JSON")
    parser.add_argument("--show", type=int, default=SHOWN, metavar="N", help="ids of each kind to print")
    options = parser.parse_args()
    try:
        verdict = check(options.files)
    except (Unreadable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return UNREADABLE
    if options.json:
        json.dump(vars(verdict) | {"valid": verdict.is_valid}, sys.stdout)
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(verdict, options.show))
    return 0 if verdict.is_valid else INVALID


if __name__ == "__main__":
    sys.exit(main())
