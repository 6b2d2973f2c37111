"""Dead letters have a bound: the oldest go first, counted, and what they were stays known."""

import redis

from khabar.keys.done import done_field, done_keys
from khabar.keys.names import ARTICLE_FIELD, EVENT_FIELD, GROUP, Lane
from khabar.results.outcome import Outcome, OutcomeName
from khabar.results.publisher import ResultPublisher
from khabar.retention.dead import DROPPED, DeadRetention
from khabar.retention.janitor import Janitor
from tests.integration.retention.conftest import NAMES, Records


def letters(client: redis.Redis) -> list[str]:
    return [entry.decode() for entry, _ in client.xrange(NAMES.dead)]


def reject(records: Records, count: int) -> list[str]:
    """Publish so many rejections as a worker does; the ids of their outcomes."""
    ledger, publisher = NAMES.ledger(Lane.LIVE), ResultPublisher(records.client, NAMES, done_generation_s=86_400)
    outcomes = [f"{number:032}" for number in range(count)]
    if not records.client.exists(ledger):
        records.client.xgroup_create(ledger, GROUP, id="0", mkstream=True)
    for outcome in outcomes:
        entry = records.client.xadd(ledger, {ARTICLE_FIELD: "{}"}).decode()
        records.client.xreadgroup(GROUP, "dispatcher:t", {ledger: ">"})
        publisher.publish([Outcome(Lane.LIVE, entry, OutcomeName.REJECTION, outcome, b"{}")])
    return outcomes


def test_the_oldest_of_too_many_go_and_are_counted(records: Records) -> None:
    """A flood of refusals must not fill the broker; and nothing goes without a word."""
    retention = DeadRetention(records.client, NAMES, max_dead=3, dead_days=0)
    reject(records, 5)
    before = letters(records.client)
    would = retention.trim(dry_run=True)
    assert (would.letters, would.dropped, letters(records.client)) == (5, 2, before)
    assert retention.trim().dropped == 2
    assert letters(records.client) == before[2:]
    assert retention.trim().dropped == 0
    assert records.client.hget(NAMES.counters, DROPPED) == b"2"


def test_those_that_are_too_old_go(records: Records) -> None:
    """A deployment may have to forget texts after some days."""
    retention = DeadRetention(records.client, NAMES, max_dead=1_000, dead_days=2)
    day_ms, now_ms = 86_400_000, records.client.time()[0] * 1000
    for days in (9, 3, 1):
        records.client.xadd(NAMES.dead, {EVENT_FIELD: b"{}"}, id=f"{now_ms - days * day_ms}-0")
    assert retention.trim(dry_run=True).dropped == 2
    assert retention.trim().dropped == 2
    assert letters(records.client) == [f"{now_ms - day_ms}-0"]


def test_by_default_age_alone_drops_nothing(records: Records) -> None:
    """An accepted article ends as one record or one rejection, and a person may come late."""
    retention = DeadRetention(
        records.client, NAMES, max_dead=records.settings.max_dead, dead_days=records.settings.dead_days
    )
    records.client.xadd(NAMES.dead, {EVENT_FIELD: b"{}"}, id="1-0")
    assert retention.trim().dropped == 0
    assert letters(records.client) == ["1-0"]


def test_a_dropped_letter_is_remembered(records: Records) -> None:
    """The same article pushed again had its one rejection."""
    [outcome] = reject(records, 1)
    records.client.xadd(NAMES.dead, {EVENT_FIELD: b"{}"})
    assert DeadRetention(records.client, NAMES, max_dead=1, dead_days=0).trim().dropped == 1
    key = done_keys(NAMES, outcome, generation=records.client.time()[0] // 86_400)[0]
    assert records.client.hexists(key, done_field(outcome))


def test_the_janitor_tells_of_what_it_drops(records: Records) -> None:
    """In a dry run too."""
    settings = records.settings.model_copy(update={"max_dead": 1})
    records.janitor = Janitor(records.client, settings, archive_to=records.archive_to)
    reject(records, 3)
    for dry_run in (True, False):
        assert [(action.kind, action.records) for action in records.clean(dry_run=dry_run)] == [("drop_dead", 2)]
    assert records.clean() == []
