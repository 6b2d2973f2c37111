"""The stories service under its own user of the broker, on both servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.broker.connection import connect
from khabar.keys.access import Role
from khabar.messages.record import Record
from khabar.retention.stories import StoryRetention
from khabar.story_service.reading import largest
from tests.access import GuardedBroker
from tests.broker import DEBIAN, debian_redis
from tests.integration.stories.conftest import Newsroom


@pytest.fixture(params=["valkey", DEBIAN])
def guarded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GuardedBroker]:
    guarded = GuardedBroker(tmp_path / "broker", binary=debian_redis() if request.param == DEBIAN else None)
    guarded.broker.start()
    yield guarded
    guarded.broker.kill()


def test_its_rights_are_enough_and_an_operators_too(guarded: GuardedBroker, stream: list[Record]) -> None:
    """A command that is missing would show on the first day of a guarded service."""
    room = Newsroom(guarded.url(), "khabar:")
    room.publish(stream[:20])
    ours = Newsroom(guarded.url(Role.STORIES), "khabar:", max_stories=100)
    service = ours.serve()
    room.client.xgroup_create(room.names.stories, "desk", "0", mkstream=True)
    room.run_to_the_end(service)
    service._store.forget()
    with connect(guarded.url(Role.OPERATOR)) as operator:
        room.run_to_the_end()
        assert largest(operator, room.names, most=1, least=1) is not None
        StoryRetention(operator, room.names, max_stories=100).trim(at_once=True)
    assert len(room.told) >= len({record.article.id for record in stream[:20]})
    assert guarded.refusals() == []
    for each in (room, ours):
        each.client.close()
