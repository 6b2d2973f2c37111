"""Stories as an operator meets them: made by `khabar up`, shown by `khabar stories`, their lag by `khabar status`."""

import json
from pathlib import Path

import orjson

from khabar.errors import Exit
from khabar.story_service.store import UNREADABLE
from tests.acceptance.service import Service
from tests.unit.stories.test_grouping import FLOOD, FLOOD_AGAIN, MATCH
from tests.waiting import wait_until

LAYERS = "entities,quantities,temporal,origin"  # what stories are made of


def article(name: str, title: str, body: str, source: str, at: str = "2026-08-14T09:00:00Z") -> bytes:
    return orjson.dumps({"id": name, "title": title, "body": body, "source": source, "published_at": at}) + b"\n"


def test_up_makes_stories_and_a_killed_service_goes_on(tmp_path: Path) -> None:
    """The supervisor restarts it, and its state is in the broker."""
    with Service(tmp_path / "var", layers=LAYERS, stories=True, lease_s=1) as service:
        assert service.run("stories").stderr.startswith("no story yet")
        service.run(
            "push", "-", input=article("a", "السيول", FLOOD, "الأولى") + article("m", "القمة زرقاء", MATCH, "الأولى")
        )
        wait_until(lambda: service.client.xlen(service.names.stories) == 2)
        service.kill("stories")
        service.run("push", "-", input=article("b", "سيول", FLOOD, "الثانية") + article("c", "أسر", FLOOD_AGAIN, "ب"))
        wait_until(lambda: service.client.xlen(service.names.stories) == 4)
        assert "stories was killed by SIGKILL, starting again" in service.said
        stories = [json.loads(line) for line in service.run("stories", "--json").stdout.splitlines()]
        assert {each["id"] for story in stories for each in story["articles"]} == {"a", "b", "c", "m"}
        assert stories[0]["articles"][0] | {"role": "first"} == stories[0]["articles"][0]
        assert {each["role"] for each in stories[0]["articles"]} >= {"first", "copy_of"}
        shown = service.run("stories", "--limit", "1").stdout
        assert "الثانية" in shown
        assert "independent source" in shown
        asked = service.run("status", "--role", "stories", "--here", "--json")
        assert asked.returncode == Exit.OK
        assert json.loads(asked.stdout)["stories"] | {"behind": 0} == {
            "open": len(stories),
            "revisions": 4,
            "behind": 0,
        }
        assert service.client.hget(service.names.counters, UNREADABLE) is None
        assert service.stop() == 0
