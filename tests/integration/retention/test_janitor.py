"""The janitor: what it says in a dry run is what it does, and what a group is owed goes nowhere but into a file."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson

from khabar.consuming.archive import read_archive
from khabar.errors import Exit
from khabar.keys.groups import GroupPolicy
from khabar.keys.names import EVENT_FIELD, GROUP, Lane
from khabar.retention.janitor import Action, Janitor, Kind
from khabar.retention.sweep import Sweeper
from tests.acceptance.service import KHABAR, khabar
from tests.integration.retention.conftest import NAMES, Records

THOUSANDS = 5_000


def dump(records: Records) -> dict[bytes, bytes | None]:
    """The whole database."""
    return {key: records.client.dump(key) for key in records.client.scan_iter()}


def archived(records: Records) -> list[str]:
    return [delivery.id for path in sorted(records.archive_to.glob("*.jsonl.gz")) for delivery in read_archive(path)]


def dead_group(records: Records, policy: GroupPolicy, count: int = 10) -> list[str]:
    """A dead group that has acknowledged two of five records that it was given, beside one that has read all."""
    ids = records.add(count)
    records.group("monitor", read=5)
    records.acknowledge("monitor", [ids[0], ids[3]])
    records.acknowledge("other", records.group("other", read=count))
    records.registry.set_policy("monitor", policy)
    records.wait_dead("monitor")
    return [entry for entry in ids if entry not in (ids[0], ids[3])]


def command(records: Records, *arguments: str, limit: str = "unlimited") -> "subprocess.CompletedProcess[str]":
    """Run `khabar janitor`; no file may grow over `limit` KiB."""
    line = ["janitor", "--archive-to", str(records.archive_to), *arguments]
    settings = {"KHABAR_REDIS_URL": records.url, "KHABAR_PREFIX": NAMES.prefix, "KHABAR_GROUP_DEAD_S": "0.001"}
    if limit == "unlimited":
        return khabar(*line, env=settings)
    return subprocess.run(
        ["bash", "-c", f'ulimit -f {limit}; exec "$@"', "-", KHABAR, *line],
        env=os.environ | settings | {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"},  # a cut .pyc breaks all others
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_dead_group_of_thousands_and_one_at_half_speed(records: Records) -> None:
    """The dead one's records are in the file, all of them in order; the slow one still has its own; the rest goes."""
    ids = records.add(THOUSANDS)
    records.group("dead", read=500)
    records.acknowledge("dead", ids[:500:5])
    records.acknowledge("half", records.group("half", read=THOUSANDS // 2))
    records.registry.set_policy("dead", GroupPolicy.ARCHIVE)
    records.wait_dead("dead")
    actions = {action.kind: action for action in records.clean() if action.target != "half"}
    assert actions[Kind.ARCHIVE].records == THOUSANDS - 100
    assert archived(records) == [entry for entry in ids if entry not in ids[:500:5]]
    assert records.ids() == ids[THOUSANDS // 2 - 1 :]  # the last one that `half` has acknowledged stays as the mark
    assert records.registry.get("dead").owed == 0
    assert records.registry.get("half").unread == THOUSANDS // 2
    late = records.add(3)
    assert records.read("dead", 10) == late


def test_a_dead_group_is_kept_whole_unless_its_policy_says_otherwise(records: Records) -> None:
    """Alert is the default: nothing is ever dropped by itself."""
    dead_group(records, GroupPolicy.ALERT)
    before = records.ids()
    assert [action.kind for action in records.clean() if action.target == "monitor"] == [Kind.KEEP]
    assert records.ids() == before[1:]  # only what is before its oldest unacknowledged one


def test_a_dead_group_is_detached_if_its_policy_says_so(records: Records) -> None:
    """And comes back with the number of what it has missed."""
    owed = dead_group(records, GroupPolicy.DETACH)
    records.clean()
    assert len(records.ids()) == 1
    assert records.registry.get("monitor").state == "detached"
    found = records.registry.attach("monitor")
    assert found.owed + found.missed == len(owed)


def test_a_dry_run_says_what_the_run_does_and_changes_nothing(records: Records) -> None:
    """Every kind of action at once; the database is the same before and after, byte for byte."""
    dead_group(records, GroupPolicy.ARCHIVE)
    records.group("gone", read=2)
    records.registry.set_policy("gone", GroupPolicy.DETACH)
    records.acknowledge("foreign", records.group("foreign", read=3)[:2])
    records.client.xgroup_createconsumer(NAMES.records, "other", "old")
    for lane in Lane:
        records.client.xgroup_create(NAMES.ledger(lane), GROUP, id="0", mkstream=True)
        records.client.xgroup_createconsumer(NAMES.ledger(lane), GROUP, "worker:old")
    records.client.hset(NAMES.failures, "live 5-5", "{}")
    records.client.zadd(NAMES.retry, {"live 5-5": 1, "backfill 6-6": 2})
    for name in ("monitor", "gone", "foreign"):
        records.wait_dead(name)
    for _ in range(2):
        records.client.xadd(NAMES.dead, {EVENT_FIELD: "{}"})
    settings = records.settings.model_copy(update={"max_dead": 1})
    records.janitor = Janitor(records.client, settings, archive_to=records.archive_to)
    records.janitor._sweeper = Sweeper(records.client, NAMES, consumer_idle_s=0)
    before = dump(records)
    would = records.clean(dry_run=True)
    assert dump(records) == before
    assert not records.archive_to.exists()
    assert {action.kind for action in would} == set(Kind)
    did = records.clean()
    assert [_steady(action) for action in did] == [_steady(action) for action in would]
    assert dump(records) != before


def _steady(action: Action) -> tuple[Kind, str, int, str]:
    # how long a group has been silent grows between two runs
    return action.kind, action.target, action.records, "" if action.kind is Kind.KEEP else action.detail


def test_a_second_run_finds_nothing_to_do(records: Records) -> None:
    """So it can run from cron at any pace."""
    dead_group(records, GroupPolicy.ARCHIVE)
    records.clean()
    assert records.clean() == []


def test_a_consumer_that_holds_something_is_never_deleted(records: Records) -> None:
    """Its pending entries would go with it."""
    records.add(2)
    records.group("monitor")
    records.read("monitor", 1, consumer="holds")
    records.client.xgroup_createconsumer(NAMES.records, "monitor", "idle")
    assert Sweeper(records.client, NAMES, consumer_idle_s=0).group_consumers("monitor") == ["idle"]
    assert records.registry.get("monitor").unacknowledged == 1


def test_notes_of_articles_that_are_still_there_stay(records: Records) -> None:
    """They say why the last attempt failed, and when the next one is. A note of a later version's lane stays as well."""
    entry = records.client.xadd(NAMES.ledger(Lane.LIVE), {"article": "{}"}).decode()
    records.client.hset(NAMES.failures, mapping={f"live {entry}": "{}", "live 1-1": "{}", "later 1-1": "{}"})
    records.client.zadd(NAMES.retry, {f"live {entry}": 1})
    assert sorted(Sweeper(records.client, NAMES).leftovers()) == ["live 1-1"]
    assert sorted(records.client.hkeys(NAMES.failures)) == [b"later 1-1", f"live {entry}".encode()]
    assert records.client.zcard(NAMES.retry) == 1


def test_a_full_disk_leaves_the_group_where_it_is(records: Records) -> None:
    """One sentence that names the folder; no half file under a name that looks whole."""
    ids = records.add(200, text=os.urandom(4_000).hex())  # does not compress
    records.group("monitor", read=1)
    records.registry.set_policy("monitor", GroupPolicy.ARCHIVE)
    records.wait_dead("monitor")
    done = command(records, limit="4")
    assert done.returncode == Exit.FAILED
    assert done.stderr.count("\n") == 1
    assert f"cannot write to {records.archive_to}" in done.stderr
    assert "the group was not moved" in done.stderr
    assert list(records.archive_to.iterdir()) == []
    assert records.registry.get("monitor").owed == 200
    assert records.ids() == ids


def test_kill_9_at_any_moment_of_archiving_loses_nothing(records: Records) -> None:
    """A record is in a whole file or still owed, and often in both; never in neither."""
    ids = set(records.add(2_000))
    records.group("monitor", read=700)
    records.registry.set_policy("monitor", GroupPolicy.ARCHIVE)
    records.wait_dead("monitor")
    script = (
        "import sys, pathlib; from tests.integration.retention.conftest import Records;"
        "r = Records(sys.argv[1], pathlib.Path(sys.argv[2])); print('ready', flush=True);"
        "[None for _ in r.janitor.run()]; print('done', flush=True)"
    )
    delay_s, done = 0.0, False
    while not done:
        process = subprocess.Popen(
            [sys.executable, "-c", script, records.url, str(records.archive_to)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay_s)  # the moment of the kill, swept over the whole run
        process.send_signal(signal.SIGKILL)
        done = process.communicate()[0] == "done\n"
        owed = records.registry.get("monitor").owed
        assert owed in (0, 2_000)
        assert owed == 2_000 or set(archived(records)) == ids
        delay_s += 0.03
    assert set(archived(records)) == ids


def test_an_event_that_is_no_json_is_archived_as_it_is(records: Records) -> None:
    """What cannot be read is not ours to drop."""
    records.client.xadd(NAMES.records, {EVENT_FIELD: b"\xff{"})
    records.client.xadd(NAMES.records, {"other": b"x"})
    records.group("monitor")
    records.registry.set_policy("monitor", GroupPolicy.ARCHIVE)
    records.wait_dead("monitor")
    records.clean()
    (path,) = records.archive_to.iterdir()
    lines = subprocess.run(["gzip", "-dc", str(path)], capture_output=True, check=True).stdout.splitlines()
    assert [orjson.loads(line)["fields_base64"] for line in lines] == [{"event": "/3s="}, {"other": "eA=="}]


def test_a_group_that_came_back_while_it_was_archived_is_left_alone(records: Records) -> None:
    """It goes on where it was; the file is a copy too many."""
    dead_group(records, GroupPolicy.ARCHIVE)
    dead = records.registry.get("monitor")
    records.read("monitor", 1)
    action = records.janitor._archive(dead, dry_run=False)
    assert action.error is not None
    assert "come back" in action.error
    assert records.registry.get("monitor").owed == 8


def test_the_commands_tell_what_they_do(records: Records, tmp_path: Path) -> None:
    """As a person uses them: look, decide, try dry, do, read back."""
    owed = dead_group(records, GroupPolicy.ALERT)
    env = {"KHABAR_REDIS_URL": records.url, "KHABAR_PREFIX": NAMES.prefix, "KHABAR_GROUP_DEAD_S": "0.001"}

    def run(*arguments: str) -> str:
        done = khabar(*arguments, env=env)
        assert done.returncode == Exit.OK, done.stderr
        return done.stdout

    assert "dead" in run("groups")
    assert run("groups", "set", "monitor", "--policy", "archive") == "monitor: archive\n"
    listed = [orjson.loads(line) for line in run("groups", "--json").splitlines()]
    assert [(group["group"], group["state"], group["policy"]) for group in listed] == [
        ("monitor", "dead", "archive"),
        ("other", "alive", "alert"),
    ]
    assert "would archive 8 records of the dead group monitor" in command(records, "--dry-run").stdout
    done = command(records, "--json")
    actions = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [action["action"] for action in actions] == ["note", "archive", "trim"]
    (path,) = records.archive_to.iterdir()
    assert len(run("groups", "replay", str(path)).splitlines()) == len(owed)
    assert "nothing to do" in command(records).stdout
    assert "monitor is detached" in run("groups", "detach", "monitor")
    assert "monitor is attached; 0 records wait for it, 0 are gone" in run("groups", "attach", "monitor")
