"""`khabar up` says why a process ended: the exit code alone tells nobody what to do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from khabar.errors import Exit
from tests.acceptance.service import KHABAR
from tests.broker import Broker, free_port

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="mounts of one's own need root and unshare (util-linux)",
)


def up(mounts: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `khabar up` among mounts that nobody else sees."""
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", f'{mounts} && exec "$0" "$@"', KHABAR, "up", "--children", "1", *arguments],
        env=os.environ | {"KHABAR_RECOGNIZER": "fast"},
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """The broker exits with 1, and the words stood in its log alone."""
    var = tmp_path / "var"
    var.mkdir()
    fill = f"(cat /dev/zero > {var}/log/ballast 2>/dev/null || true)"
    done = up(
        f"mount -t tmpfs -o size=256k tmpfs {var} && mkdir -p {var}/log && {fill}",
        "--var",
        str(var),
        "--port",
        str(free_port()),
    )
    assert done.returncode in (Exit.FAILED, Exit.USAGE), done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr.lower() or "No space left" in done.stderr, done.stderr


def test_a_missing_shared_memory_is_named(tmp_path: Path) -> None:
    """Containers with a read-only root often have none that can be written; Celery says FileNotFoundError(2)."""
    broker = Broker(tmp_path / "broker").start()
    try:
        done = up("mount -t tmpfs -o ro tmpfs /dev/shm", "--var", str(tmp_path / "var"), "--redis-url", broker.url)
    finally:
        broker.kill()
    assert done.returncode == Exit.FAILED, done.stderr
    assert "worker did not start" in done.stderr
    assert "/dev/shm is missing or cannot be written: mount a tmpfs there" in done.stderr
