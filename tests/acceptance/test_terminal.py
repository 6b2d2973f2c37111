"""Through a terminal: text of strangers moves no cursor, opens no link, sets no clipboard, and is never read as markup."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from khabar.broker.connection import connect
from khabar.cli.visible import FSI, PDI
from khabar.errors import Code, RejectedArticle
from khabar.keys.names import EVENT_FIELD, Lane, Names
from khabar.messages.envelope import EventType, event_bytes
from khabar.messages.rejection import make_rejection
from tests.acceptance.service import KHABAR
from tests.broker import Broker

ROOT = Path(__file__).resolve().parents[2]
NAMES = Names()
# Clipboard, title, link, clear screen; the same begun by the one-byte controls of C1; carriage return, backspace, bell; markup
# that opens, closes and links; right-to-left override and isolate.
HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]0;t\x07\x1b]8;;http://e\x1b\\\x1b[2J\x9b31m\x9d52;c;AA\x9c\r\b\x07[/b][bold][link=http://e]"
    "\u202eabc\u2066\u200f\u2068\u2069"
)
OWN = re.compile(rb"\x1b\[(?:[0-9;]*m|\?25[lh]|2K|1A)")  # colours, and the moves of a progress bar
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def through_a_terminal(*arguments: str, folder: Path, url: str) -> tuple[int, bytes]:
    """Run a command whose three streams are a terminal; return its exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    env = os.environ | {"KHABAR_REDIS_URL": url, "TERM": "xterm-256color", "COLUMNS": "300", "KHABAR_LAYERS": "tokens"}
    process = subprocess.Popen([KHABAR, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=env)
    os.close(theirs)
    said = b""
    try:
        while data := os.read(ours, 1 << 16):
            said += data
    except OSError:  # the terminal's other side is closed: it has ended
        pass
    finally:
        os.close(ours)
    return process.wait(60), said


def spoil(value: Any) -> Any:
    """Append the hostile text to every string of an object, and to the names of its free fields."""
    if isinstance(value, dict):
        return {name: spoil(found) for name, found in value.items()}
    if isinstance(value, list):
        return [spoil(found) for found in value]
    return value + HOSTILE if isinstance(value, str) else value


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("broker")).start()
    record = spoil(json.loads((ROOT / "tests/unit/messages/cases/record.json").read_text(encoding="utf-8")))
    record["article"]["title"] = HOSTILE
    record["failures"] = [{"extractor": HOSTILE, "error": HOSTILE}]
    record["quality"] = {"flags": [HOSTILE]}
    record["origin"] = {"agency": HOSTILE, "dateline": {"start": 0, "end": 1, "place": HOSTILE}}
    error = RejectedArticle(Code.WRONG_TYPE, field=HOSTILE, reason=HOSTILE, place=HOSTILE)
    rejection = make_rejection(error, HOSTILE.encode(), article_id=HOSTILE, lane=Lane.LIVE)
    with connect(running.url) as client:
        client.xadd(
            NAMES.records,
            {EVENT_FIELD: event_bytes(EventType.RECORD, orjson.dumps(record), event_id="e", subject=HOSTILE)},
            id="1-1",
        )
        client.xadd(
            NAMES.dead,
            {EVENT_FIELD: event_bytes(EventType.REJECTION, rejection, event_id="f", subject=HOSTILE)},
            id="1-1",
        )
        client.xgroup_create(NAMES.records, HOSTILE, "0")
        client.hincrby(NAMES.counters, HOSTILE, 2)
    yield running
    running.kill()


@pytest.mark.parametrize(
    "arguments",
    [
        ["records", "--format", "pretty"],
        ["records"],
        ["records", "--format", "event"],
        ["dead", "list"],
        ["dead", "list", "--json"],
        ["dead", "show", "1-1"],
        ["groups"],
        ["groups", "--json"],
        ["groups", "detach", HOSTILE.replace("\x00", "")],
        ["janitor", "--dry-run"],
        ["status"],
        ["status", "--json"],
        ["push", "bad.jsonl"],
        ["push", "missing" + HOSTILE.replace("/", "")],
        ["extract", "bad.jsonl"],
    ],
    ids=lambda arguments: " ".join(arguments)[:24].encode("ascii", "replace").decode().split("\x1b")[0],
)
def test_nothing_of_a_stranger_reaches_the_terminal(arguments: list[str], broker: Broker, tmp_path: Path) -> None:
    """Titles, ids, field names, reasons, groups, counters and file names are whatever somebody has sent."""
    (tmp_path / "bad.jsonl").write_bytes(
        orjson.dumps({"id": HOSTILE, "title": HOSTILE, HOSTILE: HOSTILE, "text": 5})
        + b"\n"
        + orjson.dumps({"id": HOSTILE, HOSTILE: "قال"})
        + b"\n"
        + orjson.dumps({"id": HOSTILE, "text": "قال الوزير إن المشروع سيبدأ غدا " + HOSTILE})
        + b"\n"
    )
    _, said = through_a_terminal(*arguments, folder=tmp_path, url=broker.url)
    text = OWN.sub(b"", said).decode().replace(FSI, "").replace(PDI, "")  # a stranger's are escaped, so these are ours
    assert text.strip()
    assert "Traceback" not in text
    assert "a fault in khabar" not in text
    found = UNSAFE.findall(text.replace("\r\n", "\n").replace("\r", ""))
    assert not found, (found, text)


def test_json_for_a_terminal_means_the_same(broker: Broker, tmp_path: Path) -> None:
    """It is copied from there."""
    _, said = through_a_terminal("dead", "list", "--json", folder=tmp_path, url=broker.url)
    assert json.loads(said.splitlines()[0])["reason"] == HOSTILE
    _, said = through_a_terminal("records", folder=tmp_path, url=broker.url)
    assert json.loads(said.splitlines()[0])["article"]["title"] == HOSTILE
