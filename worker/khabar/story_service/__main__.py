"""`python -m khabar.story_service`: makes stories until SIGTERM or SIGINT; `khabar up` runs it."""

import logging
import os
import signal
import socket
import threading

from khabar.broker.connection import connect
from khabar.broker.patience import BRIEF, DISPATCHER
from khabar.liveness.processes import Role
from khabar.liveness.pulse import open_pulse
from khabar.logs import configure_logs
from khabar.retention.stories import StoryRetention
from khabar.settings import Settings, each_of, load_settings
from khabar.story_service.service import StoryService
from khabar.story_service.store import StoryStore

log = logging.getLogger("stories")


def build_service(settings: Settings, stop: threading.Event) -> StoryService:
    """Build the service; until `stop` is set, a thread renews its hold on the stories."""
    me = f"{socket.gethostname()}:{os.getpid()}"
    ledgers = each_of(settings)
    home = ledgers[0]
    (client, names), *others = [
        (connect(each.redis_url, DISPATCHER, name=f"{Role.STORIES}:{me}"), each.names) for each in ledgers
    ]
    store = StoryStore(client, names, me=me, lease_s=home.lease_s, others=others)
    store.keep_holding([connect(each.redis_url, BRIEF, name=f"{Role.STORIES}:{me}:holding") for each in ledgers], stop)
    return StoryService(
        store,
        StoryRetention(client, names, max_stories=home.max_stories),
        pulse=open_pulse(home.redis_url, names, Role.STORIES, os.getpid()),
        window_days=home.stories_window_days,
    )


def main() -> None:
    """Run until told to stop."""
    settings = load_settings()
    configure_logs(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("stories service starts", extra={"action": "stories_started"})
    build_service(settings, stop).run(stop)
    log.info("stories service stopped", extra={"action": "stories_stopped"})


if __name__ == "__main__":
    main()
