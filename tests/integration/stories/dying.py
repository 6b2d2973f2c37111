"""The stories service in a process that dies by SIGKILL at a point of its work; khabar has no hook for tests."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from khabar.broker.connection import connect
from khabar.broker.patience import DISPATCHER
from khabar.liveness.processes import Role
from khabar.liveness.pulse import open_pulse
from khabar.retention.stories import StoryRetention
from khabar.settings import Settings, each_of
from khabar.stories.keeper import Keeper
from khabar.story_service.feed import Feed
from khabar.story_service.service import StoryService
from khabar.story_service.store import StoryStore

BATCH = 4
POINTS = ("held", "taken", "grouped", "before the commit", "after the commit", "bringing back")


def serve(settings: Settings, me: str = "test:1", *, batch: int = BATCH) -> StoryService:
    """Make a service as `python -m khabar.story_service` does, but for small batches and a short lease."""
    home, *others = each_of(settings)
    client = connect(home.redis_url, DISPATCHER)
    elsewhere = [(connect(each.redis_url, DISPATCHER), each.names) for each in others]
    return StoryService(
        StoryStore(client, home.names, me=me, lease_s=settings.lease_s, others=elsewhere),
        StoryRetention(client, home.names, max_stories=settings.max_stories),
        pulse=open_pulse(home.redis_url, home.names, Role.STORIES, os.getpid()),
        window_days=settings.stories_window_days,
        batch=batch,
    )


def die_at(point: str, times: int, settings: dict[str, Any]) -> None:
    """Serve until the point was reached so many times, and die there; a point that never comes is no end."""
    targets: dict[str, tuple[type, str, bool]] = {
        "held": (StoryStore, "join", False),
        "taken": (StoryStore, "take", True),
        "grouped": (Keeper, "take_writes", True),
        "before the commit": (StoryStore, "commit", False),
        "after the commit": (StoryStore, "commit", True),
        "bringing back": (StoryStore, "articles", True),
        "before another ledger hears": (Feed, "acknowledge", False),
    }
    owner, name, is_after = targets[point]
    left = times

    def dying(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            nonlocal left
            if not is_after and left == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            result = work(*args, **options)  # a commit may be refused: on a busy machine the short lease ends before it
            left -= 1
            if is_after and left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return run

    setattr(owner, name, dying(getattr(owner, name)))
    serve(Settings(**settings)).run(threading.Event())
