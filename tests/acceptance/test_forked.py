"""A forked command is what a new interpreter makes of it: the other tests rest on this."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.acceptance.service import khabar
from tests.waiting import wait_until

LAYERS = {"KHABAR_LAYERS": "tokens", "KHABAR_REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.mark.parametrize(
    ("arguments", "text"), [(["segment"], "وقال مدير\n"), (["status"], ""), (["push", "--lane", "nonsense"], None)]
)
def test_a_fork_says_what_a_new_interpreter_says(arguments: list[str], text: str | None, tmp_path: Path) -> None:
    """Output, errors and exit code, in a folder and with settings of its own."""
    fork, new = (
        khabar(*arguments, input=text, env=LAYERS, folder=tmp_path, fresh=fresh, timeout_s=60)
        for fresh in (False, True)
    )
    assert (fork.returncode, fork.stdout, fork.stderr) == (new.returncode, new.stdout, new.stderr)


def test_what_a_fork_leaves_behind_does_not_reach_the_next() -> None:
    """Each begins as the server was after its imports: here the first has opened other layers."""
    item = '{"id": "a", "text": "وصل الوزير إلى بغداد."}'
    first, second = (
        khabar("extract", "-", input=item, env={"KHABAR_LAYERS": layer}).stdout for layer in ("tokens", "sentences")
    )
    assert '"sentences"' not in first
    assert '"tokens"' not in second


def test_a_signal_and_a_deadline_end_a_fork(tmp_path: Path) -> None:
    """As they end a process that a test has started itself."""
    with (tmp_path / "said").open("wb") as said, Path("/dev/zero").open("rb") as endless:
        streams = endless.fileno(), said.fileno(), said.fileno()
        environment = dict(forked.environment())
        process = forked.start(["segment"], environment=environment, folder=tmp_path, streams=streams)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    assert process.poll() is None
    process.kill()
    assert wait_until(process.poll) == process.wait() == -signal.SIGKILL
