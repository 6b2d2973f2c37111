"""A publisher is made before its process forks, as with multiprocessing or `gunicorn --preload`: every child's articles count."""

import json
import subprocess
import sys

import pytest

from khabar.keys.names import ARTICLE_FIELD, Lane, Names
from tests.broker import Broker

LIVE = Names().ledger(Lane.LIVE)
CHILDREN, EACH = 4, 10

# Prints how many articles each process was told are accepted; the parent last.
BLOCKING = """
import os, sys
from khabar import ArticlePublisher
publisher = ArticlePublisher(sys.argv[1])
def article(number):
    return {"id": number, "body": f"نص {number}"}
if "used" in sys.argv:
    publisher.publish([article(1000)])
if "adding" in sys.argv:
    publisher.add(article(2000))
for child in range(4):
    if os.fork() == 0:
        publisher.publish([article(10 * child + number) for number in range(10)])
        print(publisher.report.accepted, flush=True)
        os._exit(0)
    os.wait()
publisher.publish([article(3000)])
print(publisher.report.accepted, flush=True)
"""
ASYNC = """
import asyncio, os, sys
from khabar import AsyncArticlePublisher
publisher = AsyncArticlePublisher(sys.argv[1])
def article(number):
    return {"id": number, "body": f"نص {number}"}
async def publish(*numbers):
    await publisher.publish([article(number) for number in numbers])
    print(publisher.report.accepted, flush=True)
async def main():
    if "used" in sys.argv:
        await publisher.publish([article(1000)])
    if "adding" in sys.argv:
        await publisher.add(article(2000))
    for child in range(4):
        if os.fork() == 0:
            asyncio.run(publish(*range(10 * child, 10 * child + 10)))
            os._exit(0)
        os.wait()
    await publish(3000)
asyncio.run(main())
"""

OWN = ASYNC.replace("AsyncArticlePublisher(sys.argv[1])", "AsyncArticlePublisher(Redis.from_url(sys.argv[1]))").replace(
    "import asyncio", "from redis.asyncio import Redis\nimport asyncio", 1
)


def on_ledger(broker: Broker) -> list[int]:
    with broker.client() as client:
        return [json.loads(entry[ARTICLE_FIELD])["id"] for _, entry in client.xrange(LIVE)]


@pytest.mark.parametrize("state", ["new", "used", "adding"])
@pytest.mark.parametrize("program", [BLOCKING, ASYNC, OWN], ids=["blocking", "async", "own client"])
def test_children_of_one_publisher_lose_and_double_nothing(program: str, state: str, broker: Broker) -> None:
    """With a token of the parent, all batches but one were taken for sent: 30 of 40 accepted articles were lost."""
    done = subprocess.run(
        [sys.executable, "-c", program, broker.url, state], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    before = {"new": [], "used": [1000], "adding": [2000]}[state]
    # What was added before the fork is the parent's, and its publish() takes it along.
    assert done.stdout.split() == [str(EACH)] * CHILDREN + [str(len(before) + 1)]
    assert sorted(on_ledger(broker)) == [*range(CHILDREN * EACH), *before, 3000]
