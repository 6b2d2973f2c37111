"""The registry: who is dead is told once, who is taken out can be put back as it was."""

import logging

import pytest
import redis

from khabar.broker.connection import connect
from khabar.broker.plan import carry_out
from khabar.consuming.stream import RecordStream
from khabar.errors import GroupDetached
from khabar.keys.groups import GroupPolicy
from khabar.keys.names import Names
from khabar.retention.changes import Change
from khabar.retention.groups import Attached, GroupError, GroupRegistry
from khabar.retention.house import House
from khabar.status import read_state
from tests.broker import Broker
from tests.integration.retention.conftest import NAMES, Records
from tests.waiting import wait_until


def test_a_group_that_anybody_created_is_met_once(records: Records) -> None:
    """A foreign XGROUP CREATE counts: the broker's groups are the truth."""
    records.group("foreign")
    changes = records.registry.sync(alert=True)
    assert [(change, group.name) for change, group in changes] == [(Change.MET, "foreign")]
    assert records.registry.sync(alert=True) == []


def test_a_consumer_registers_its_group(records: Records) -> None:
    """So that its history begins with it, not with the next look."""
    RecordStream(records.client, "monitor", prefix=NAMES.prefix)
    group = records.registry.get("monitor")
    assert group.entry is not None
    assert group.policy is GroupPolicy.ALERT
    assert records.registry.sync(alert=True) == []


def test_a_dead_group_is_told_of_once_among_all_dispatchers(records: Records) -> None:
    """Not every second, and not by each of ten hosts."""
    records.add(3)
    records.group("monitor", read=1)
    records.registry.sync(alert=True)
    records.wait_dead("monitor")
    others = [GroupRegistry(records.client, NAMES, dead_s=0.001) for _ in range(3)]
    told = [change for registry in others for change, _ in registry.sync(alert=True)]
    assert told == [Change.DEAD]


def test_a_group_that_comes_back_is_told_of_and_may_die_again(records: Records) -> None:
    """The alert is of this death, not of the group for ever."""
    records.add(3)
    records.group("monitor", read=1)
    records.registry.sync(alert=True)
    records.wait_dead("monitor")
    records.registry.sync(alert=True)
    records.read("monitor", 1)
    assert [change for change, _ in GroupRegistry(records.client, NAMES, dead_s=60).sync(alert=True)] == [Change.BACK]
    records.wait_dead("monitor")
    assert [change for change, _ in records.registry.sync(alert=True)] == [Change.DEAD]


def test_a_group_that_is_owed_nothing_is_not_dead(records: Records) -> None:
    """It waits for news, that is all."""
    records.acknowledge("monitor", records.add(2) and records.group("monitor", read=2))
    wait_until(lambda: records.registry.get("monitor").idle_s > 0.01)
    assert records.registry.get("monitor").state == "alive"


def test_the_last_sign_of_life_outlives_the_consumers(records: Records) -> None:
    """A group whose consumers were deleted would otherwise be new at each look, and never dead."""
    records.add(2)
    records.group("monitor")
    records.registry.sync(alert=True)
    assert records.registry.get("monitor").consumers == 0
    records.wait_dead("monitor")


def test_the_dispatchers_log_and_the_status_name_a_dead_group(
    records: Records, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning with a stable action for alerting; the state for a person who looks."""
    records.add(3)
    records.group("monitor", read=1)
    records.registry.sync(alert=False)
    records.wait_dead("monitor")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            House(records.client, records.settings).keep()
    warnings = [entry for entry in caplog.records if entry.__dict__.get("action") == "group_dead"]
    assert [(entry.__dict__["group"], entry.__dict__["unread"]) for entry in warnings] == [("monitor", 2)]
    assert read_state(records.client, NAMES, group_dead_s=0.001).groups["monitor"].state == "dead"


def test_the_registry_in_disorder_stops_nobody(records: Records, caplog: pytest.LogCaptureFixture) -> None:
    """Dispatching must not depend on it."""
    records.add(1)
    records.group("monitor")
    records.client.set(NAMES.groups, "not a hash")
    House(records.client, records.settings).keep()
    assert [entry.__dict__["action"] for entry in caplog.records] == ["house_keeping_refused"]
    records.client.delete(NAMES.groups)
    records.client.hset(NAMES.groups, "monitor", "not JSON")
    House(records.client, records.settings).keep()
    assert records.registry.get("monitor").entry is not None


def test_a_group_that_vanished_is_told_of(records: Records) -> None:
    """Somebody ran XGROUP DESTROY: nothing is kept for it, and that should be known."""
    records.add(1)
    records.group("monitor")
    records.registry.sync(alert=True)
    records.client.xgroup_destroy(NAMES.records, "monitor")
    assert [change for change, _ in records.registry.sync(alert=True)] == [Change.GONE]
    assert records.registry.sync(alert=True) == []
    assert records.registry.get("monitor").state == "gone"


def test_a_detached_group_comes_back_as_it_was(records: Records) -> None:
    """Where nothing was trimmed, nothing is missed and nothing acknowledged is read again."""
    ids = records.add(10)
    records.group("monitor", read=6)
    records.acknowledge("monitor", [ids[0], ids[3]])
    records.registry.detach("monitor")
    assert [group.state for group in records.registry.groups()] == ["detached"]
    late = records.add(2)
    assert records.registry.attach("monitor") == Attached(owed=4 + 4 + 2, missed=0)
    stream = RecordStream(records.client, "monitor", prefix=NAMES.prefix, take_over_after_s=0)
    again = [delivery.id for delivery in stream.read() + carry_out(stream._reader._new(100, None), records.client)]
    assert again == [ids[1], ids[2], ids[4], ids[5], *ids[6:], *late]


@pytest.mark.parametrize(("other_read", "owed", "missed"), [(4, 8, 2), (9, 4, 6), (12, 1, 9)])
def test_a_group_that_comes_back_is_told_how_many_it_has_missed(
    records: Records, other_read: int, owed: int, missed: int
) -> None:
    """Trimmed among those it was given, among those it was not, and everything: counted exactly."""
    ids = records.add(10)
    records.group("monitor", read=6)
    records.acknowledge("monitor", [ids[5], ids[2]])
    records.registry.detach("monitor")
    records.add(2)
    records.acknowledge("other", records.group("other", read=other_read))
    records.clean()
    assert len(records.ids()) == 12 - other_read + 1  # the last one acknowledged stays as the mark
    assert records.registry.attach("monitor") == Attached(owed, missed)
    group = records.registry.get("monitor")
    assert group.owed == owed


def test_trimming_waits_for_a_detached_group_no_longer(records: Records) -> None:
    """That is what it is for."""
    records.add(5)
    records.group("monitor")
    records.acknowledge("other", records.group("other", read=5))
    assert records.clean() != []
    assert len(records.ids()) == 5
    records.registry.detach("monitor")
    records.clean()
    assert len(records.ids()) == 1


def test_a_detached_consumer_is_told_and_does_not_begin_anew_in_silence(records: Records) -> None:
    """At its start and in mid-work; creating the group anew would hide what it has missed."""
    records.add(2)
    stream = RecordStream(records.client, "monitor", prefix=NAMES.prefix)
    assert len(stream.read()) == 2
    records.registry.detach("monitor")
    with pytest.raises(GroupDetached, match="groups attach monitor"):
        stream.read()
    with pytest.raises(GroupDetached):
        RecordStream(records.client, "monitor", prefix=NAMES.prefix)
    records.registry.attach("monitor")
    assert stream.read() == []  # both are held by the consumer `reattached` until the take-over


def test_a_group_at_work_cannot_be_taken_for_dead(records: Records) -> None:
    """Its consumer came back between the look and the deed."""
    records.add(3)
    records.group("monitor", read=1)
    records.registry.sync(alert=True)
    records.wait_dead("monitor")
    seen = records.registry.get("monitor")
    records.read("monitor", 1)
    assert not records.registry.detach_dead(seen)
    assert records.registry.get("monitor").is_attached


def test_what_cannot_be_done_is_said(records: Records) -> None:
    """The group's name and the reason, never a trace."""
    records.add(1)
    records.group("monitor")
    with pytest.raises(GroupError, match="there is no consumer group 'nobody'; there are: monitor"):
        records.registry.set_policy("nobody", GroupPolicy.DETACH)
    with pytest.raises(GroupError, match="not detached, it is alive"):
        GroupRegistry(records.client, NAMES, dead_s=60).attach("monitor")
    with pytest.raises(GroupError, match="detach it first"):
        records.registry.forget("monitor")
    records.registry.detach("monitor")
    with pytest.raises(GroupError, match="detached already"):
        records.registry.detach("monitor")
    records.registry.forget("monitor")
    assert records.registry.groups() == []


def test_changes_work_when_the_broker_is_out_of_memory(records: Records) -> None:
    """That is when somebody must decide about a dead group."""
    records.add(2)
    records.group("monitor", read=1)
    records.client.config_set("maxmemory", 1)
    records.registry.set_policy("monitor", GroupPolicy.DETACH)
    records.registry.detach("monitor")
    assert records.registry.attach("monitor").missed == 0


def test_a_broker_that_was_restarted_knows_all_of_it(any_broker: Broker) -> None:
    """Policy and position are in the append-only file like everything else."""
    client = connect(any_broker.url)
    client.xadd(NAMES.records, {"n": 1})
    client.xgroup_create(NAMES.records, "monitor", id="0")
    registry = GroupRegistry(client, NAMES, dead_s=60)
    registry.set_policy("monitor", GroupPolicy.ARCHIVE)
    registry.detach("monitor")
    any_broker.stop()
    any_broker.start()
    assert registry.attach("monitor") == Attached(1, 0)
    assert registry.get("monitor").policy is GroupPolicy.ARCHIVE
    client.close()


def test_an_empty_broker_has_no_groups(any_broker: Broker) -> None:
    """And no error."""
    client: redis.Redis = connect(any_broker.url)
    registry = GroupRegistry(client, Names("empty:"), dead_s=60)
    assert registry.groups() == []
    assert registry.sync(alert=True) == []
    client.close()
