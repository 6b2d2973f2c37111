"""Somebody's values in the service's keys: it goes on, or waits until they are away; nobody who looks is stopped."""

from collections.abc import Callable
from typing import Any

import pytest

from khabar.status import read_state
from khabar.story_service.reading import largest
from tests.acceptance.test_garbage import OF_STORIES
from tests.integration.stories.conftest import Newsroom
from tests.unit.stories.conftest import MakeRecord
from tests.unit.stories.test_grouping import FLOOD, FLOOD_AGAIN, NAMES

GARBAGE = {"nonsense": "x", "7": b"\xff\xfe", "8": "{", "9": "", "99999999999999999999": "[]"}


def look(room: Newsroom) -> None:
    read_state(room.client, room.names, group_dead_s=3600)
    room.serve()._retention.trim()


@pytest.mark.parametrize("name", sorted(OF_STORIES))
def test_it_goes_on_with_garbage_and_beside_another_type(
    newsroom: Callable[..., Newsroom], make: MakeRecord, name: str
) -> None:
    """One value of another must not cost the stories that there are."""
    room = newsroom()
    room.publish([make("a", "السيول", FLOOD, names=NAMES)])
    room.run_to_the_end()
    key = getattr(room.names, name)
    if name == "stories":
        for value in GARBAGE.values():
            room.client.xadd(key, {"event": value})
    elif name == "story_holder":
        room.client.set(key, b"\xff", px=100)
    elif name == "story_state":
        room.client.hset(key, mapping={"nonsense": "x"})
    else:
        room.client.hset(key, mapping=GARBAGE)  # type: ignore[arg-type]
    room.publish([make("b", "سيول", FLOOD_AGAIN, names=NAMES)])
    room.run_to_the_end()
    look(room)
    assert [[article.id for article in story.articles] for story in largest(room.client, room.names, most=9)] == [
        ["a", "b"]
    ]
    kept: Any = room.client.rename(key, "kept") if room.client.exists(key) else None
    room.client.sadd(key, "another type")
    room.publish([make("c", "أمطار", FLOOD, names=NAMES)])
    service = room.serve()
    assert [service._try_step() > 0 or room.owed for _ in range(2)]
    service._drop()  # as after a kill: only what the broker has counts now
    look(room)
    room.client.delete(key)
    if kept:
        room.client.rename("kept", key)
    room.run_to_the_end(service)
    assert [len(story.articles) for story in largest(room.client, room.names, most=9)] == [3]
