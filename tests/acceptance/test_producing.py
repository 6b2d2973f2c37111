"""`khabar push` and `khabar records` as they are used: live pipes, changed files, full disks, a broker that is not there yet."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from khabar.errors import Exit
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, Lane, Names
from khabar.messages.envelope import EventType, event_bytes
from tests.acceptance.service import KHABAR, khabar
from tests.articles import json_lines
from tests.broker import Broker, free_port
from tests.waiting import wait_until

NAMES = Names()
LONG_S = 120.0  # a start of the command takes seconds where every core is busy
README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Valkey of this test's own; nobody works."""
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


def run(broker: Broker, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    environment = {"KHABAR_REDIS_URL": broker.url}
    return khabar(*arguments, env=environment, timeout_s=LONG_S, **options)  # type: ignore[arg-type]


def on_ledger(broker: Broker) -> list[str]:
    with broker.client() as client:
        return [json.loads(entry[ARTICLE_FIELD])["id"] for _, entry in client.xrange(NAMES.ledger(Lane.LIVE))]


@contextmanager
def started(*arguments: str, url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The command, running, with pipes for all that it reads and writes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([KHABAR, *arguments], env=os.environ | {"KHABAR_REDIS_URL": url}, **pipes)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def feed(process: "subprocess.Popen[bytes]", lines: str) -> None:
    assert process.stdin
    process.stdin.write(lines.encode())
    process.stdin.flush()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_live_pipe_is_pushed_as_it_comes(broker: Broker, form: str) -> None:
    """Three lines, four seconds apart, were not on the ledger after twelve: they waited for a hundred."""
    head = "id,title,body\n" if form == "csv" else ""
    with started("push", "--format", form, "-", url=broker.url) as process:
        for number in range(3):
            row = f"test-{number},عنوان,نص عربي\n" if form == "csv" else json_lines(1, first=number)
            feed(process, head * (number == 0) + row)
            expected = [f"test-{done}" for done in range(number + 1)]
            wait_until(lambda expected=expected: on_ledger(broker) == expected, timeout_s=LONG_S)  # type: ignore[misc]
        _, errors = process.communicate(timeout=LONG_S)
    assert process.returncode == Exit.OK
    assert "3 accepted, 0 rejected" in errors.decode()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)])
def test_a_stop_sends_what_was_read_and_tells_how_much(broker: Broker, number: int, code: Exit) -> None:
    """A pipe cannot be read again; and a container's first process hears SIGTERM only if it asks for it."""
    with started("push", "-", url=broker.url) as process:
        feed(process, json_lines(1))
        wait_until(lambda: on_ledger(broker) == ["test-0"], timeout_s=LONG_S)
        feed(process, json_lines(50, first=1))
        process.send_signal(number)
        _, errors = process.communicate(timeout=LONG_S)
    accepted = re.search(r"(\d+) accepted, 0 rejected\n", errors.decode())
    assert process.returncode == code, errors
    assert accepted, errors
    assert len(on_ledger(broker)) == int(accepted[1])


def test_a_regenerated_export_loses_nothing(broker: Broker, tmp_path: Path) -> None:
    """The same head, five late articles in the middle, new ones at the end: the five were skipped without a word."""
    path = tmp_path / "export.jsonl"
    path.write_text(json_lines(300))
    assert run(broker, "push", str(path)).returncode == Exit.OK
    again = run(broker, "push", str(path))
    assert "300 were pushed before" in again.stderr
    assert "0 accepted" in again.stderr
    path.write_text(json_lines(200) + json_lines(5, first=900) + json_lines(120, first=200))
    changed = run(broker, "push", str(path))
    assert "has changed since 300 were pushed; starting from its beginning" in changed.stderr
    assert "325 accepted" in changed.stderr
    expected = [*range(320), *range(900, 905)]
    assert set(on_ledger(broker)) == {f"test-{number}" for number in expected}


def test_what_a_folder_holds_besides_is_named(broker: Broker, tmp_path: Path) -> None:
    """Nobody should believe that it went out."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("وصلت الفرق إلى المدينة اليوم")
    (folder / "b.jsonl").write_text(json_lines(1))
    (folder / "c.txt").symlink_to("/etc/passwd")
    done = run(broker, "push", str(folder))
    assert "2 accepted, 0 rejected" in done.stderr
    assert "1 not read: c.txt (a link)" in done.stderr


def add_records(broker: Broker, count: int) -> list[str]:
    with broker.client() as client:
        for number in range(count):
            record = json.dumps({"number": number, "text": "ن" * 500}).encode()
            event = event_bytes(EventType.RECORD, record, event_id=str(number), subject=None)
            client.xadd(NAMES.records, {EVENT_FIELD: event})
    return [str(number) for number in range(count)]


def append_records(broker: Broker, path: Path, *, limit_bytes: int | None = None) -> "subprocess.CompletedProcess[str]":
    """Run `khabar records --group archive >> path`; a file over the limit is what a full disk is to the command."""

    def limit() -> None:
        if limit_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    with path.open("ab") as file:
        return subprocess.run(
            [KHABAR, "records", "--group", "archive"],
            stdout=file,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"KHABAR_REDIS_URL": broker.url, "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=limit,
            timeout=LONG_S,
        )


def test_a_full_disk_glues_no_records_and_loses_none(broker: Broker, tmp_path: Path) -> None:
    """The half of a record and the whole next one were one line."""
    path = tmp_path / "archive.jsonl"
    add_records(broker, 5)
    assert append_records(broker, path).returncode == Exit.OK
    before = path.read_bytes()
    add_records(broker, 7)
    full = append_records(broker, path, limit_bytes=len(before) + 1500)
    assert full.returncode == Exit.FAILED
    assert "standard output cannot be written" in full.stderr
    assert full.stderr.count("\n") == 1
    with broker.client() as client:  # the minute passes after which they go to another process
        held = client.xpending_range(NAMES.records, "archive", "-", "+", 10)
        assert len(held) == 7
        client.xclaim(NAMES.records, "archive", "gone", 0, [entry["message_id"] for entry in held], idle=60_000)
    assert append_records(broker, path).returncode == Exit.OK
    numbers = [json.loads(line)["number"] for line in path.read_bytes().splitlines()]
    assert numbers == [*range(5), *range(7)]
    with broker.client() as client:
        assert client.xpending(NAMES.records, "archive")["pending"] == 0


def test_a_line_that_a_crash_has_cut_takes_no_record_along(broker: Broker, tmp_path: Path) -> None:
    """Kill -9 in the middle of a write."""
    path = tmp_path / "archive.jsonl"
    path.write_bytes(b'{"number": 9, "te')
    add_records(broker, 2)
    assert append_records(broker, path).returncode == Exit.OK
    cut, *lines = path.read_bytes().splitlines()
    assert cut == b'{"number": 9, "te'
    assert [json.loads(line)["number"] for line in lines] == [0, 1]


def test_a_group_that_was_made_by_trying_is_announced(broker: Broker) -> None:
    """At 100,000 unread records it would stop the service."""
    first, second = (run(broker, "records", "--group", "try") for _ in range(2))
    assert "group try made: from now on records wait for it; `khabar groups detach try` ends that" in first.stderr
    assert "made" not in second.stderr


@pytest.mark.parametrize("command", [["push", "-"], ["records"]], ids=["push", "records"])
def test_the_first_contact_waits_for_a_broker_that_starts(command: list[str], tmp_path: Path) -> None:
    """As `khabar up &` has it, pasted with what comes behind it."""
    late = Broker(tmp_path / "valkey")
    try:
        with started(*command, "--outage", str(LONG_S), url=late.url) as process:
            feed(process, json_lines(1))
            assert process.stderr
            said = process.stderr.readline().decode()
            assert f"no broker at {late.url} yet" in said
            assert f"trying for {LONG_S:g} s" in said
            late.start()
            process.communicate(timeout=LONG_S)
            assert process.returncode == Exit.OK
    finally:
        late.kill()


@pytest.mark.parametrize("command", [["push", "-"], ["records"], ["status"]])
def test_a_server_that_is_no_redis_is_called_so(command: list[str]) -> None:
    """The port of something else: waiting will not help."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>")

        threading.Thread(target=answer, daemon=True).start()
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        done = khabar(*command, input=json_lines(1), env={"KHABAR_REDIS_URL": url}, timeout_s=LONG_S)
        server.shutdown(socket.SHUT_RDWR)
    assert done.returncode == Exit.NO_BROKER
    assert "answers, but not as Redis" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_three_lines_of_the_readme_work_when_they_are_pasted(tmp_path: Path) -> None:
    """`up` in the background is not ready when `push` begins."""
    text = README.read_text(encoding="utf-8")
    script = next(block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "khabar up &" in block)
    port = free_port()
    script = script.replace("khabar up &", f"khabar up --port {port} --children 1 &").replace(
        ".venv/bin/khabar", KHABAR
    )
    (tmp_path / "articles.jsonl").write_text(json_lines(5))
    archive = tmp_path / "archive.jsonl"
    with (tmp_path / "said").open("wb") as said:
        shell = subprocess.Popen(
            ["bash", "-e", "-c", script],
            cwd=tmp_path,
            env=os.environ | {"KHABAR_REDIS_URL": f"redis://127.0.0.1:{port}/0", "KHABAR_RECOGNIZER": "fast"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        wait_until(
            lambda: shell.poll() is not None or (archive.exists() and archive.read_bytes().count(b"\n") == 5),
            timeout_s=LONG_S,
        )
        assert shell.poll() is None, (tmp_path / "said").read_text()
        assert {json.loads(line)["article"]["id"] for line in archive.read_text().splitlines()} == {
            f"test-{n}" for n in range(5)
        }
    finally:
        processes = psutil.Process(shell.pid).children(recursive=True)
        for process in processes:
            with suppress(psutil.Error):  # one may have ended
                if {"up", "records"} & set(process.cmdline()):
                    process.terminate()  # a shell lets its background ignore Ctrl-C
        psutil.wait_procs(processes, timeout=40)
        for process in (*processes, shell):
            if process.poll() is None if isinstance(process, subprocess.Popen) else process.is_running():
                process.kill()
        shell.wait()
