"""Damaged append-only files, on both brokers: what they refuse, what they report, and what nobody notices."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.broker import Broker, repair
from tests.waiting import wait_until

pytestmark = pytest.mark.every_broker

ENTRIES = 40
VALUE = "x" * 200


def value(number: int) -> str:
    return f"{number} {VALUE}"


@pytest.fixture
def folder(any_broker: Broker) -> Path:
    """A rewritten file and one that grows, of a broker that was killed."""
    with any_broker.client() as client:
        client.set("before the rewrite", 1)
        client.bgrewriteaof()
        wait_until(lambda: len(list(appended(any_broker).parent.glob("*.2.incr.aof"))) == 1)
        wait_until(lambda: not client.info("persistence")["aof_rewrite_in_progress"])
        for number in range(ENTRIES):
            client.xadd("entries", {"value": value(number)})
    any_broker.kill()
    return any_broker.folder / "appendonlydir"


def appended(broker: Broker) -> Path:
    return max((broker.folder / "appendonlydir").glob("*.incr.aof"))


def change(path: Path, edit: Callable[[bytearray], None]) -> None:
    data = bytearray(path.read_bytes())
    edit(data)
    path.write_bytes(data)


def values(broker: Broker) -> list[str]:
    broker.start()
    with broker.client() as client:
        return [fields["value"] for _, fields in client.xrange("entries")]


def log(broker: Broker) -> str:
    return (broker.folder / "valkey.log").read_text(errors="replace")


def cut_tail(data: bytearray) -> None:
    del data[-30:]


def test_what_follows_a_cut_transaction_survives_the_next_start(any_broker: Broker, folder: Path) -> None:
    """Redis leaves half a transaction in its file, and it swallows what follows: 2 of 66,450 articles doubled, 1 never ended.

    `redis-check-aof --fix` before the start, as docs/explanation/reliability.md says, takes the half back.
    """
    any_broker.start()
    with any_broker.client() as client, client.pipeline(transaction=True) as both:
        both.set("one", 1).set("two", VALUE).execute()
    any_broker.kill()
    change(appended(any_broker), cut_tail)
    repair(any_broker)
    any_broker.start()
    with any_broker.client() as client:
        assert not client.exists("one", "two")
        client.set("after", 1)
        with client.pipeline(transaction=True) as both:
            both.set("three", 1).set("four", 1).execute()
    any_broker.kill()
    any_broker.start()
    with any_broker.client() as client:
        assert client.exists("one", "two") == 0
        assert client.exists("after", "three", "four") == 3


def test_a_cut_tail_is_left_off_and_reported(any_broker: Broker, folder: Path) -> None:
    """As after a power cut, where it was acknowledged to nobody; the log names the place."""
    change(appended(any_broker), cut_tail)
    assert values(any_broker) == [value(number) for number in range(ENTRIES - 1)]
    assert "Truncating the AOF" in log(any_broker)


def spoil_a_length(data: bytearray) -> None:
    data[data.index(b"XADD", len(data) // 2) - 3] = ord("x")


def fill_with_zeros(data: bytearray) -> None:
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)


@pytest.mark.parametrize("edit", [spoil_a_length, fill_with_zeros], ids=["length", "zeros"])
def test_a_damaged_frame_is_refused(edit: Callable[[bytearray], None], any_broker: Broker, folder: Path) -> None:
    """The broker does not start on what it cannot read, and says which file."""
    change(appended(any_broker), edit)
    with pytest.raises(RuntimeError, match="Bad file format"):
        any_broker.start()


def test_a_flipped_bit_in_a_rewritten_file_is_refused(any_broker: Broker, folder: Path) -> None:
    """It carries a checksum."""

    def flip(data: bytearray) -> None:
        data[len(data) // 2] ^= 1

    change(next(folder.glob("*.base.rdb")), flip)
    with pytest.raises(RuntimeError, match="CRC error"):
        any_broker.start()


@pytest.mark.parametrize("pattern", ["*.base.rdb", "*.incr.aof"])
def test_a_missing_file_is_refused(pattern: str, any_broker: Broker, folder: Path) -> None:
    """The manifest names it."""
    max(folder.glob(pattern)).unlink()
    with pytest.raises(RuntimeError, match="No such file"):
        any_broker.start()


@pytest.mark.parametrize(("command", "said"), [(b"XQDD", "unknown command"), (b"ZADD", "critical")])
def test_a_spoiled_command_is_reported(command: bytes, said: str, any_broker: Broker, folder: Path) -> None:
    """Valkey refuses, Redis too; a known command of the wrong form is left out, and the log says CRITICAL."""

    def spoil(data: bytearray) -> None:
        at = data.index(b"XADD", len(data) // 2)
        data[at : at + 4] = command

    change(appended(any_broker), spoil)
    with contextlib.suppress(RuntimeError):  # it refuses
        assert len(values(any_broker)) == ENTRIES - 1
    assert said in log(any_broker).lower()


def test_a_flipped_bit_in_a_value_is_noticed_by_nobody(any_broker: Broker, folder: Path) -> None:
    """What grows has no checksum. docs/explanation/reliability.md says so; a file system with checksums is the remedy."""

    def flip(data: bytearray) -> None:
        data[data.index(VALUE.encode(), len(data) // 2)] ^= 1

    change(appended(any_broker), flip)
    found = values(any_broker)
    assert len(found) == ENTRIES
    assert sum(text != value(number) for number, text in enumerate(found)) == 1
