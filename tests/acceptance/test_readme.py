"""What the README shows runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

from khabar.keys.names import DEFAULT_REDIS_URL
from tests.acceptance.service import Service
from tests.waiting import wait_until

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_python_examples_send_and_read(tmp_path: Path) -> None:
    """Sent by the first, read by the second, against a real service."""
    producer, consumer = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    producer = producer.replace('"title": "…", "text": "…"', '"title": "عنوان", "text": "وصلت الفرق إلى المدينة اليوم"')
    with Service(tmp_path / "var", children=1) as service:
        for code in (producer, consumer):
            code = code.replace(DEFAULT_REDIS_URL, service.url)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr
            wait_until(lambda: service.settled() == 1)
        group = service.client.xinfo_groups(service.names.records)[0]
        assert (group["name"], group["pending"], group["entries-read"]) == (b"monitor", 0, 1)
