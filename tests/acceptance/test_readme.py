"""What the README shows runs as it stands."""

import re
import signal
import subprocess
import sys
from pathlib import Path

from khabar.keys.names import DEFAULT_REDIS_URL
from tests.acceptance.service import Service
from tests.waiting import wait_until

README = Path(__file__).resolve().parents[2] / "README.md"


def examples() -> list[str]:
    """Return README's Python, block by block: without a queue, a producer, a consumer."""
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_the_library_s_example_finds_who_said_what() -> None:
    """It needs no service, and prints what it has found."""
    done = subprocess.run([sys.executable, "-c", examples()[0]], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "المشروع سيبدأ غدا" in done.stdout
    assert "عدن" in done.stdout


def test_the_python_examples_send_and_read(tmp_path: Path) -> None:
    """Sent by the first, read by the second, against a real service; SIGTERM ends the loop as its comment says."""
    _, producer, consumer = examples()
    producer = producer.replace('"title": "…", "text": "…"', '"title": "عنوان", "text": "وصلت الفرق إلى المدينة اليوم"')
    with Service(tmp_path / "var", children=1, layers=None) as service:

        def command(code: str) -> list[str]:
            return [sys.executable, "-c", code.replace(DEFAULT_REDIS_URL, service.url)]

        def groups() -> list[tuple[bytes, int, int]]:
            found = service.client.xinfo_groups(service.names.records)
            return [(group["name"], group["pending"], group["entries-read"]) for group in found]

        sent = subprocess.run(command(producer), capture_output=True, text=True, timeout=60)
        assert sent.returncode == 0, sent.stderr
        wait_until(lambda: service.settled() == 1)
        loop = subprocess.Popen(command(consumer), stderr=subprocess.PIPE, text=True)
        try:
            wait_until(lambda: groups() == [(b"monitor", 0, 1)] or loop.poll() is not None)
            assert loop.poll() is None  # it waits for more
            loop.send_signal(signal.SIGTERM)
            _, errors = loop.communicate(timeout=60)
            assert (loop.returncode, errors) == (0, "")
        finally:
            loop.kill()
            loop.wait()
