"""Keeps the revisions of stories until every consumer group has them; without groups, keeps a fixed number."""

from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker.replies import text
from khabar.broker.scripts import load_script
from khabar.keys.names import Names
from khabar.keys.unreadable import is_wrong_type, skip


class StoryRetention:
    """Trims the stream of stories.

    Args:
        max_stories: how many revisions are kept at most, acknowledged ones up to half as many.
    """

    def __init__(self, client: "Redis", names: Names, *, max_stories: int) -> None:
        self._client = client
        self._names = names
        self._max_stories = max_stories
        self._trim = load_script(client, __package__, "trim")

    def trim(self, *, at_once: bool = False, dry_run: bool = False) -> int:
        """Trim what every group has acknowledged; without a group, the oldest beyond the number. How many went, or would.

        Args:
            at_once: however few there are.
            dry_run: change nothing.
        """
        try:
            return self._trimmed(at_once=at_once, dry_run=dry_run)
        except ResponseError as error:
            if not is_wrong_type(error):
                raise
            skip(self._names.stories, "it is of another type")
            return 0

    def _trimmed(self, *, at_once: bool, dry_run: bool) -> int:
        stream = self._names.stories
        if not self._groups():
            too_many = max(self._client.xlen(stream) - self._max_stories, 0)
            return too_many if dry_run else int(self._client.xtrim(stream, maxlen=self._max_stories, approximate=False))
        longer_than = 0 if at_once else self._max_stories // 2
        trimmed, floor, _ = self._trim(keys=[stream], args=[longer_than, int(dry_run), ""])
        if not (dry_run and floor):
            return int(trimmed)
        would: Any = self._client.xrange(stream, "-", f"({text(floor)}")
        return len(would)

    def full(self) -> str | None:
        """Say why no more revisions should be published, or None."""
        if self._client.xlen(self._names.stories) < self._max_stories or not (groups := self._groups()):
            return None
        return (
            f"{self._max_stories:,} revisions of stories wait for their consumer groups ({', '.join(groups)}); let them read "
            "or raise KHABAR_MAX_STORIES"
        )

    def _groups(self) -> list[str]:
        try:
            return [text(group["name"]) for group in self._client.xinfo_groups(self._names.stories)]
        except ResponseError as error:
            if is_wrong_type(error):
                raise
            return []  # the stream does not exist yet
