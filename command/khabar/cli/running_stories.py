"""The stories of a running service, for a person or as JSON lines."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import orjson
from redis import Redis
from rich.console import Console
from rich.text import Text

from khabar.broker.first_contact import connected
from khabar.cli.visible import visible, write_bytes
from khabar.consuming.delivery import START
from khabar.consuming.stream import browse
from khabar.keys.names import Names
from khabar.messages.envelope import EventType
from khabar.messages.story import Story
from khabar.story_service.reading import largest

_OUTLETS_SHOWN: Final = 6
_WAITING: Final = (
    "no story yet: `khabar up` makes them, or `khabar up --only stories`; khabar status shows how far it is"
)


def show_running(url: str, names: Names, *, limit: int, least: int, follow: bool, as_json: bool) -> None:
    """Show the largest stories, then, with `follow`, each revision as it comes; Ctrl-C ends it."""
    console = Console()
    with connected(url) as client:
        after = _newest(client, names)
        found = largest(client, names, most=limit, least=least)
        _show(reversed(found) if follow else found, console, as_json=as_json)
        if not found and not follow:
            Console(stderr=True).print(_WAITING, highlight=False, soft_wrap=True)
        while follow:
            for delivery in browse(client, stream=names.stories, after=after, wait=True):
                after = delivery.id
                if delivery.event.type is EventType.STORY:
                    story = delivery.event.story()
                    if story.merged_into or len(story.articles) >= least:
                        _show([story], console, as_json=as_json)


def _newest(client: "Redis", names: Names) -> str:
    entries: Any = client.xrevrange(names.stories, count=1)
    return entries[0][0].decode() if entries else START


def _show(stories: Iterable[Story], console: Console, *, as_json: bool) -> None:
    for story in stories:
        if as_json:
            write_bytes(orjson.dumps(story.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE))
        else:
            console.print(render(story), soft_wrap=True)


def render(story: Story) -> Text:
    """Return a story in three lines: how large and when, its headline, its outlets."""
    if story.merged_into:
        return Text(f"{story.id} is now part of {story.merged_into}", style="dim")
    copies = sum(article.role == "copy_of" for article in story.articles)
    many = _count(len(story.articles), "article")
    when = " to ".join(f"{each:%Y-%m-%d %H:%M}" for each in (story.first_seen, story.last_seen) if each)
    text = Text(
        f"{many}, {_count(copies, 'copy', 'copies')}, {_count(story.independent_sources, 'independent source')}"
    )
    text.append(f"  {when}  {story.id} revision {story.revision}", style="dim")
    text.append(f"\n  {visible(story.headline or '(no title)')}", style="bold")
    outlets = Counter(article.outlet or "?" for article in story.articles).most_common()
    shown = [f"{name} ({times})" if times > 1 else name for name, times in outlets[:_OUTLETS_SHOWN]]
    if len(outlets) > _OUTLETS_SHOWN:
        shown.append(f"and {len(outlets) - _OUTLETS_SHOWN} more")
    text.append(f"\n  {visible(', '.join(shown))}")
    if story.agencies:
        text.append(f"; agencies: {visible(', '.join(story.agencies))}")
    return text


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
