"""Stories of the records of a file, as `khabar stories FILE` finds them."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from khabar.messages.record import Record
from khabar.stories.grouping import Grouping
from khabar.stories.telling import Teller


def stories_of(records: Iterable[Mapping[str, Any]], stop: threading.Event) -> Iterator[dict[str, Any]]:
    """Yield the stories of more than one article.

    Args:
        records: in the order of their time.
        stop: ends it between two records.
    """
    grouping, teller = Grouping(), Teller()
    for value in records:
        if stop.is_set():
            return
        try:
            record = Record.model_validate(
                {name: part for name, part in value.items() if name != "tokens"}, extra="ignore"
            )
        except ValidationError:
            continue
        change = grouping.add(record)
        teller.take(record, change)
        closed = [teller.close(story) for story in change.closed]
        yield from (story.model_dump(mode="json") for story in closed if len(story.articles) > 1)
    for story in grouping.open_stories():
        told = teller.close(story)
        if len(told.articles) > 1:
            yield told.model_dump(mode="json")
