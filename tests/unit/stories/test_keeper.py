"""A grouping whose state is kept elsewhere: a process that dies anywhere is as good as one that never does."""

from collections.abc import Iterator, Sequence

import orjson
import pytest

from khabar.messages.record import Record
from khabar.messages.story import Story
from khabar.stories.grouping import Grouping
from khabar.stories.keeper import Keeper, Writes
from khabar.stories.packing import Unreadable, pack_article, unpack_article, unpack_story
from khabar.stories.state import Restorer
from khabar.stories.telling import told_of
from tests.unit.stories.conftest import BEGIN, MakeRecord
from tests.unit.stories.test_grouping import FLOOD, FLOOD_AGAIN, MATCH, NAMES


class Kept:
    """What a broker would hold, and each process that works on it."""

    def __init__(self) -> None:
        self.head = b""
        self.articles: dict[int, bytes] = {}
        self.stories: dict[int, bytes] = {}
        self.events: list[bytes] = []

    def process(self) -> Keeper:
        """Start a process on what there is."""
        grouping = Grouping(window_days=2)
        loose = []
        if self.head:
            restorer = Restorer(grouping, self.head)
            for number in sorted(self.stories):
                restorer.add_story(*unpack_story(number, self.stories[number]))
            for serial, data in reversed(self.articles.items()):  # a hash has no order
                if not restorer.add_article(unpack_article(data)):
                    loose.append(serial)
            assert list(restorer.end()) == []
        return Keeper(grouping, lambda serials: [self.articles.get(serial) for serial in serials], loose=loose)

    def commit(self, writes: Writes) -> None:
        """Write all of it."""
        self.head = writes.head
        for kept, written in ((self.articles, writes.articles), (self.stories, writes.stories)):
            for key, data in written.items():
                if data is None:
                    kept.pop(key, None)
                else:
                    kept[key] = data
        self.events += writes.events

    @property
    def told(self) -> list[Story]:
        """The revisions, in their order."""
        return [Story.model_validate(orjson.loads(event)["data"]) for event in self.events]


@pytest.fixture
def stream(make: MakeRecord) -> list[Record]:
    """Four days of two stories that repeat, in three outlets, with strays before and behind the clock."""
    texts = [FLOOD, MATCH, FLOOD_AGAIN, FLOOD + " " + MATCH, "خبر قصير لا يشبه غيره في شيء"]
    found = []
    for number in range(40):
        hours = number * 2.5 - (40 if number % 11 == 5 else 0) + (30 if number % 13 == 4 else 0)
        found.append(
            make(
                f"a{number % 37}",
                f"عنوان {number % 7}",
                f"{texts[number % 5]} {number % 3}",
                hours=None if number % 17 == 3 else hours,
                outlet=f"صحيفة {number % 3}",
                names=NAMES[number % 3 :],
            )
        )
    return found


def batches(records: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    for begin in range(0, len(records), size):
        yield records[begin : begin + size]


def run(records: Sequence[Record], *, size: int, dies_every: int = 0) -> Kept:
    """Commit batch by batch; each so many batches the process dies with one that it has not committed."""
    kept = Kept()
    keeper = kept.process()
    for number, batch in enumerate(batches(records, size)):
        for record in batch:
            keeper.add(record)
        if dies_every and number % dies_every == 0:
            keeper = kept.process()
            for record in batch:
                keeper.add(record)
        kept.commit(keeper.take_writes())
    return kept


@pytest.mark.parametrize(("size", "dies_every"), [(1, 1), (7, 2), (40, 0)])
def test_a_death_at_any_batch_changes_nothing(stream: list[Record], size: int, dies_every: int) -> None:
    """Neither how records are cut into batches nor who works on them shows in what is published."""
    whole = run(stream, size=1)
    found = run(stream, size=size, dies_every=dies_every)
    assert found.events == whole.events
    assert orjson.loads(found.head) == orjson.loads(whole.head)
    assert found.articles == whole.articles
    assert {number: unpack_story(number, data) for number, data in found.stories.items()} == {
        number: unpack_story(number, data) for number, data in whole.stories.items()
    }


def test_revisions_count_from_one_and_each_article_ends_in_one_chain(stream: list[Record]) -> None:
    """A consumer that keeps the latest revision of each story has every article once."""
    told = run(stream, size=4).told
    chains: dict[str, list[Story]] = {}
    for story in told:
        chains.setdefault(story.id, []).append(story)
    for chain in chains.values():
        assert [story.revision for story in chain] == list(range(1, len(chain) + 1))
        assert not any(story.merged_into for story in chain[:-1])
    homes: dict[str, set[str]] = {}
    for story_id, chain in chains.items():
        if chain[-1].merged_into is None:
            for story in chain:
                for article in story.articles:
                    homes.setdefault(article.id, set()).add(story_id)
    assert set(homes) == {record.article.id for record in stream}


def test_a_merge_is_a_revision_of_both_chains(make: MakeRecord) -> None:
    """An operator must see where a story has gone."""
    grouping = Grouping()
    kept = Kept()
    keeper = Keeper(grouping, lambda serials: [kept.articles.get(serial) for serial in serials])
    one = make("a", "عنوان", FLOOD, names=NAMES)
    other = make("b", "آخر", MATCH, names=NAMES, hours=1)
    both = make("c", "عنوان آخر", FLOOD, names=NAMES, hours=2)
    for record in (one, other):
        keeper.add(record)
    older, younger = grouping.open_stories()
    gone = younger.id
    grouping._merged = lambda *_: (grouping._members.merge(younger, older), (older, {gone: younger}))[1]  # type: ignore[method-assign, assignment]
    keeper.add(both)
    kept.commit(keeper.take_writes())
    *_, end, merged = kept.told
    assert (end.id, end.revision, end.merged_into, end.articles) == (gone, 2, older.id, [])
    assert (merged.id, merged.revision, merged.merged) == (older.id, 2, [gone])
    assert {article.id for article in merged.articles} == {"a", "b", "c"}
    assert set(kept.stories) == {older.number}


def test_what_is_kept_stays_within_the_window(make: MakeRecord) -> None:
    """A story that never ends must not fill the broker: it keeps its first article and those of the window."""
    kept = Kept()
    keeper = kept.process()
    for number in range(40):
        keeper.add(make(str(number), "السيول", f"{FLOOD} {number}", hours=6 * number, names=NAMES))
        kept.commit(keeper.take_writes())
    last = kept.told[-1]
    assert last.revision == 40
    assert last.articles[0].id == "0"
    assert len(last.articles) <= 2 * 24 / 6 + 2
    assert len(kept.articles) <= len(last.articles) + 1


def test_an_article_is_read_as_it_was_written(make: MakeRecord, grouping: Grouping) -> None:
    """What is restored compares as what was there."""
    record = make("مقال", "عنوان", FLOOD, names=NAMES)
    article = grouping.add(record).article
    assert article is not None
    digest = grouping._window.digest(article.row)
    data = pack_article(article, digest, told_of(record))
    read = unpack_article(data)
    assert (read.id, read.serial, read.outlet, read.told) == ("مقال", 1, "الأولى", told_of(record))
    assert read.told.at == BEGIN
    assert digest.codes.tolist() == read.digest.codes.tolist()
    assert digest.lengths == read.digest.lengths
    assert digest.weights.tolist() == read.digest.weights.tolist()


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x09" * 200, b'{"revision":1}', b"\x01" + b"\xff" * 300])
def test_what_another_has_written_is_refused_by_name(data: bytes) -> None:
    """Somebody's key of the same name must not end the service with a traceback."""
    with pytest.raises(Unreadable):
        unpack_article(data)
    with pytest.raises(Unreadable):
        unpack_story(1, data)
    with pytest.raises(Unreadable):
        Restorer(Grouping(), data)
