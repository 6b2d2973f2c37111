"""A stream is made before its process forks: each child is a consumer of its own, and none gets what another was given."""

import subprocess
import sys

import pytest

from khabar.broker.connection import connect
from khabar.consuming.stream import RecordStream
from tests.broker import Broker
from tests.integration.consuming.entries import GROUP, NAMES, add

RECORDS = 300

# Both children read all they get, and acknowledge nothing before both have read.
BLOCKING = """
import os, sys
from khabar import RecordStream
stream = RecordStream(sys.argv[1], "monitor", consumer=sys.argv[2] or None, prefix="test:")
if "used" in sys.argv:
    print(*(delivery.id for delivery in stream.read(10)), flush=True)
for child in range(2):
    if os.fork() == 0:
        deliveries = stream.read(150)
        print(*(delivery.id for delivery in deliveries), flush=True)
        os._exit(0)
    os.wait()
"""
ASYNC = """
import asyncio, os, sys
from khabar import AsyncRecordStream
stream = AsyncRecordStream(sys.argv[1], "monitor", consumer=sys.argv[2] or None, prefix="test:")
async def read(count):
    print(*(delivery.id for delivery in await stream.read(count)), flush=True)
async def main():
    if "used" in sys.argv:
        await read(10)
    for child in range(2):
        if os.fork() == 0:
            asyncio.run(read(150))
            os._exit(0)
        os.wait()
asyncio.run(main())
"""


@pytest.mark.parametrize("consumer", ["", "given"])
@pytest.mark.parametrize("state", ["new", "used"])
@pytest.mark.parametrize("program", [BLOCKING, ASYNC], ids=["blocking", "async"])
def test_children_of_one_stream_share_the_records(program: str, state: str, consumer: str, broker: Broker) -> None:
    """Under one name each was given what the other had not acknowledged: both got the same 300."""
    with connect(broker.url) as client:
        ids = add(client, RECORDS + 10 * (state == "used"))
        done = subprocess.run(
            [sys.executable, "-c", program, broker.url, consumer, state], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert sorted(done.stdout.split()) == ids
        names = {found["name"] for found in client.xinfo_consumers(NAMES.records, GROUP) if found["pending"]}
    assert len(names) == 2 + (state == "used")


def test_two_processes_never_share_a_name_that_nobody_gave(broker: Broker) -> None:
    """Two containers may have one host name and one process id."""
    with connect(broker.url) as client:
        ids = add(client, 6)
        first, second = (RecordStream(client, GROUP, prefix=NAMES.prefix) for _ in range(2))
        found = [delivery.id for stream in (first, second) for delivery in stream.read(3)]
    assert found == ids
