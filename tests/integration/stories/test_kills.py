"""The service dies by SIGKILL at each point of its work: the stories are those of a service that never died."""

import multiprocessing
import signal
from collections.abc import Callable

from khabar.messages.record import Record
from tests.integration.stories.conftest import Newsroom
from tests.integration.stories.dying import POINTS, die_at

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.integration.stories.dying"])


def test_kills_change_nothing(newsroom: Callable[..., Newsroom], stream: list[Record]) -> None:
    """Each revision is published once, whoever died where: state, revisions and acknowledgement are one step."""
    calm, killed = newsroom("calm:"), newsroom("killed:")
    calm.publish(stream)
    calm.run_to_the_end()
    assert len(calm.events) > len(stream) / 2
    killed.publish(stream)
    for number, point in enumerate(POINTS):
        times = 1 if point in ("held", "bringing back") else 1 + number % 2
        process = PROCESSES.Process(target=die_at, args=(point, times, killed.values))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL, point
    assert 0 < len(killed.events) < len(calm.events), "the kills came too late or too early to mean anything"
    killed.run_to_the_end()
    assert killed.events == calm.events
    assert killed.state == calm.state
