"""Writes the history of a run: who asked for what, when, and how it ended. tests/history/check.py reads it."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from khabar.errors import QueueFull

FILE = "history.jsonl"
CHECKER = Path(__file__).resolve().parents[1] / "history" / "check.py"
HASH_DIGITS = 16


class History:
    """Appends events to a file that several processes may write; each event leaves in one write, before the call goes on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / FILE).open("ab", buffering=0)

    def note(self, process: str, type: str, f: str, value: Any, **more: Any) -> None:
        """Append one event."""
        event = {"process": process, "type": type, "f": f, "value": value}
        event |= {"time": time.monotonic_ns(), "wall": time.time(), **more}
        self._file.write(json.dumps(event, ensure_ascii=False).encode() + b"\n")

    @contextlib.contextmanager
    def doing(self, process: str, f: str, articles: Iterable[str]) -> Iterator[None]:
        """Note what the body does: invoke, then ok; fail where the queue was full; info where its end is unknown."""
        value = list(articles)
        self.note(process, "invoke", f, value)
        try:
            yield
        except QueueFull:
            self.note(process, "fail", f, value)
            raise
        except BaseException as error:
            self.note(process, "info", f, value, error=type(error).__name__)
            raise
        self.note(process, "ok", f, value)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def seen(entry: str, event: Mapping[str, Any]) -> dict[str, str]:
    """Return what a history keeps of one event that was read from a stream."""
    data = event["data"]
    digest = sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()[:HASH_DIGITS]
    version = data.get("provenance", {}).get("khabar", "")
    return {
        "article": event.get("subject") or "",
        "event": event["id"],
        "entry": entry,
        "hash": digest,
        "version": version,
    }


def verdict_of(folder: Path) -> dict[str, Any] | None:
    """Let the checker judge all histories below a folder, in a process that can import nothing of ours.

    Returns:
        What `check.py --json` prints; None where there is no history.
    """
    files = sorted(folder.rglob(FILE))
    if not files:
        return None
    command = [sys.executable, "-I", "-S", str(CHECKER), "--json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONUTF8": "1"})
    if not done.stdout:
        raise RuntimeError(f"the checker could not read the history: {done.stderr[:300]}")
    return dict(json.loads(done.stdout))


def disagreements(
    verdict: Mapping[str, Any], *, accepted: Collection[str], missing: Collection[str], doubled: Collection[str]
) -> list[str]:
    """Compare the checker's verdict with the campaign's own count; a sentence for each difference and each fault."""
    found = []
    for name, ours in (("acknowledged", accepted), ("lost", missing), ("doubled", doubled)):
        if different := set(verdict[name]) ^ set(ours):
            found.append(f"history and count differ in {len(different)} {name} articles: {sorted(different)[:3]}")
    kinds = {name: verdict[name] for name in ("lost", "doubled", "unexpected", "altered")}
    kinds |= {f"never read by group {group}": names for group, names in verdict["lost_to_group"].items()}
    return found + [f"history: {len(names)} {kind}: {names[:3]}" for kind, names in kinds.items() if names]
