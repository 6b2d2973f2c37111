"""A folder has one owner, is private to its user, and its broker says what it could not read of its append-only file."""

import os
import re
import shutil
import signal
import stat
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psutil
import pytest
import redis

from khabar.errors import Exit
from khabar.keys.names import EVENT_FIELD, Lane
from tests.acceptance.service import KHABAR, Service, khabar
from tests.articles import json_lines
from tests.broker import free_port
from tests.waiting import wait_until


def subjects(service: Service) -> Counter[str]:
    events = [orjson.loads(fields[EVENT_FIELD.encode()]) for _, fields in service.client.xrange(service.names.records)]
    return Counter(event["subject"] for event in events)


@contextmanager
def orphaned_broker(service: Service) -> Iterator[int]:
    """A broker whose `khabar up` is killed while it cannot react, so that it stays."""
    broker = service.pid("broker")
    os.kill(broker, signal.SIGSTOP)
    try:
        service.process.kill()
        service.process.wait()
        yield broker
    finally:
        if psutil.pid_exists(broker):
            os.kill(broker, signal.SIGCONT)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on a folder that an older version left open; at its end its logs do not hold its broker's password."""
    var = tmp_path_factory.mktemp("owner") / "var"
    (var / "log").mkdir(parents=True)
    (var / "log" / "broker.log").touch(0o644)
    for folder in (var, var / "log"):
        folder.chmod(0o755)
    umask = os.umask(0o022)
    try:
        with Service(var, children=1, fresh=True) as running:
            yield running
    finally:
        os.umask(umask)
    password = (var / "broker" / "password").read_text().strip()
    assert password not in "".join(path.read_text(errors="replace") for path in (var / "log").iterdir())


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a service that has made 20 records and was stopped; a test works on a copy of it."""
    var = tmp_path_factory.mktemp("stopped") / "var"
    with Service(var, children=1) as made:
        assert made.run("push", "-", input=json_lines(20)).returncode == Exit.OK
        wait_until(lambda: made.settled() == 20, timeout_s=60)
    return var


@pytest.fixture
def var(stopped: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(stopped, tmp_path / "var"))


def test_a_second_service_is_refused_and_the_next_waits_for_the_end_of_a_killed_one(tmp_path: Path) -> None:
    """Two brokers on one append-only file lost 13 of 599 records; the port alone does not tell them apart.

    A supervisor of the machine starts a killed one again at once, and nothing that was accepted is missing or doubled.
    """
    with Service(tmp_path / "var", children=1) as first:
        assert first.run("push", "-", input=json_lines(50)).returncode == Exit.OK
        second = khabar("up", "--var", str(tmp_path / "var"), "--port", str(free_port()), env=first.env)
        assert second.returncode == Exit.USAGE, second.stderr
        assert f"process {first.process.pid} " in second.stderr
        assert f"127.0.0.1:{first.port}" in second.stderr
        elsewhere = khabar("up", "--var", str(tmp_path / "var"), "--redis-url", first.url, env=first.env)
        assert elsewhere.returncode == Exit.USAGE
        first.process.kill()
        first.process.wait()
        with Service(tmp_path / "var", children=1) as second:
            wait_until(lambda: second.settled() >= 50, timeout_s=60)
            assert subjects(second) == Counter(f"test-{number}" for number in range(50))


def test_a_broker_that_outlives_its_service_keeps_the_folder(tmp_path: Path) -> None:
    """Its append-only file is still being written; a second broker beside it would write another's entries."""
    with Service(tmp_path / "var", children=1) as first, orphaned_broker(first):
        refused = khabar("up", "--var", str(tmp_path / "var"), "--port", str(free_port()), env=first.env)
        assert refused.returncode == Exit.USAGE
        assert "its broker still runs" in refused.stderr


def test_nobody_else_may_look_into_the_folder(service: Service) -> None:
    """It holds articles, records and the broker's password; what an older version left open is closed."""
    var = service.var
    assert service.run("push", "-", input=json_lines(3)).returncode == Exit.OK
    found = {path: stat.S_IMODE(path.lstat().st_mode) for path in (var, *var.rglob("*"))}
    assert {oct(mode) for path, mode in found.items() if path.is_dir()} == {"0o700"}
    assert {oct(mode) for path, mode in found.items() if path.is_file()} == {"0o600"}
    assert var / "broker" / "password" in found


def test_a_folder_that_holds_other_things_keeps_its_rights(tmp_path: Path) -> None:
    """`--var .` must not shut a project, or a machine's folder, off from its other users."""
    (tmp_path / "project").mkdir(mode=0o755)
    (tmp_path / "project" / "code.py").touch()
    (tmp_path / "project").chmod(0o755)
    with Service(tmp_path / "project", children=1):
        assert stat.S_IMODE((tmp_path / "project").stat().st_mode) == 0o755
        assert stat.S_IMODE((tmp_path / "project" / "broker").stat().st_mode) == 0o700


def test_the_broker_asks_for_a_password_that_its_user_need_not_type(service: Service) -> None:
    """Any user of the machine reaches the port; only this one can read the file."""
    with redis.Redis(port=service.port, protocol=2) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.flushall()
    before = service.settled()
    assert (
        service.run("push", "-", input=json_lines(2, first=100)).returncode == Exit.OK
    )  # by the plain URL, from any folder
    wait_until(lambda: service.settled() >= before + 2)
    password = (service.var / "broker" / "password").read_text().strip()
    with redis.Redis(port=service.port, password=password, protocol=2) as other_language:
        assert other_language.xadd(service.names.ledger(Lane.LIVE), {"article": "{}"})
    ours = [psutil.Process(service.process.pid), *psutil.Process(service.process.pid).children(recursive=True)]
    lines = [" ".join(process.cmdline()) for process in ours]
    assert not any(password in line for line in lines)
    assert password not in service.said
    assert password not in service.run("status").stdout


def test_a_broker_without_a_password_is_a_choice(tmp_path: Path) -> None:
    """For programs that know nothing but redis://127.0.0.1:6390."""
    port = free_port()
    process = subprocess.Popen(
        [KHABAR, "up", "--no-password", "--var", str(tmp_path / "var"), "--port", str(port), "--children", "1"],
        env=os.environ | {"KHABAR_LAYERS": "tokens"},
        stderr=subprocess.DEVNULL,
    )
    try:
        with redis.Redis(port=port, protocol=2, retry=None) as client:

            def answers() -> bool:
                try:
                    return bool(client.ping())
                except redis.ConnectionError:
                    return False

            wait_until(answers)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(40)


def test_a_cut_append_only_file_is_said_at_the_start(var: Path) -> None:
    """The broker loads the rest and goes on; that something is missing stood in its log alone."""
    [file] = (var / "broker" / "appendonlydir").glob("*.incr.aof")
    os.truncate(file, file.stat().st_size - 30)
    with Service(var, children=1) as again:
        assert re.search(r"its last [\d,]*[1-9][\d,]* bytes could not be read and are gone", again.said)


def test_commands_that_the_broker_refuses_from_its_file_are_said(var: Path) -> None:
    """As two brokers on one file leave it: the same entry ids twice."""
    [file] = (var / "broker" / "appendonlydir").glob("*.incr.aof")
    entry = b"*5\r\n$4\r\nXADD\r\n$14\r\nkhabar:records\r\n$3\r\n1-1\r\n$5\r\nevent\r\n$2\r\n{}\r\n"
    with file.open("ab") as appended:
        appended.write(b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n" + entry)
    with Service(var, children=1) as again:
        assert "the broker refused 1 command of its append-only file" in again.said


@pytest.mark.parametrize("damage", ["flipped", "no manifest"])
def test_a_file_that_cannot_be_read_is_refused(damage: str, var: Path) -> None:
    """An empty service would look like a good one."""
    folder = var / "broker" / "appendonlydir"
    if damage == "flipped":
        [file] = folder.glob("*.incr.aof")
        content = bytearray(file.read_bytes())
        content[content.index(b"\r\n*") + 2] ^= 1
        file.write_bytes(content)
    else:
        next(folder.glob("*.manifest")).unlink()
    refused = khabar("up", "--var", str(var), "--port", str(free_port()), env={"KHABAR_LAYERS": "tokens"})
    assert refused.returncode in (Exit.FAILED, Exit.UNREADABLE)
    assert ("is damaged" if damage == "flipped" else "manifest") in refused.stderr
