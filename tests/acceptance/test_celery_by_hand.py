"""`celery -A khabar.host.app worker`, as people start Celery: works, and tells the broker nothing that nobody reads."""

import os
import subprocess
import sys
from pathlib import Path

from khabar.broker.connection import connect
from khabar.broker.patience import COMMAND
from khabar.keys.names import Names
from khabar.publishing.publisher import ArticlePublisher
from tests.broker import Broker
from tests.waiting import wait_until

CELERY = str(Path(sys.executable).parent / "celery")


def test_a_worker_started_by_hand_sends_no_events_and_logs_no_error(tmp_path: Path) -> None:
    """Each event would be a message that is none of ours, every two seconds; under `khabar acl` it would be refused."""
    broker = Broker(tmp_path / "broker").start()
    env = os.environ | {"KHABAR_REDIS_URL": broker.url, "KHABAR_RECOGNIZER": "fast", "KHABAR_LAYERS": "tokens"}
    log = tmp_path / "worker.log"
    with log.open("wb") as output, connect(broker.url, COMMAND) as client, client.pubsub() as heard:
        heard.psubscribe("*")
        hands = [
            subprocess.Popen(command, env=env, stdout=output, stderr=output)
            for command in (
                [CELERY, "-A", "khabar.host.app", "worker", "--concurrency", "1"],
                [sys.executable, "-m", "khabar.host", "dispatch"],
            )
        ]
        try:
            with ArticlePublisher(broker.url) as publisher:
                publisher.add({"id": "by hand", "text": "وصل الوزير إلى بغداد."})
            wait_until(lambda: client.xlen(Names().records) == 1)
            messages = [message for message in iter(heard.get_message, None) if message["type"] == "pmessage"]
        finally:
            for hand in hands:
                hand.terminate()
            for hand in hands:
                hand.wait(30)
            broker.kill()
    assert messages == []
    assert '"level": "error"' not in log.read_text(encoding="utf-8")
