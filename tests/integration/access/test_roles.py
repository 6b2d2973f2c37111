"""The ACL file on real servers: what each role is refused."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from khabar.broker.connection import connect
from khabar.browsing.feeding import Feeder, feed_stream
from khabar.browsing.index import Index, reading
from khabar.errors import BrokerRefused
from khabar.keys.access import Role, acl_lines, password_hash
from khabar.keys.names import EVENT_FIELD, Names
from khabar.messages.envelope import EventType, event_bytes
from khabar.publishing.publisher import ArticlePublisher
from khabar.relaying.relay import ListRelay
from tests.access import GuardedBroker
from tests.broker import DEBIAN, VALKEY, Broker, debian_redis
from tests.unit.browsing.made import record
from tests.unit.browsing.test_pages import STORY
from tests.waiting import wait_until

pytestmark = pytest.mark.every_broker

NOBODYS = """
    KEYS *
    SCAN 0
    FLUSHALL
    FLUSHDB
    SWAPDB 0 1
    CONFIG GET requirepass
    CONFIG SET requirepass x
    DEBUG SLEEP 0
    ACL LIST
    ACL SETUSER khabar-producer +@all
    MODULE LIST
    FUNCTION LIST
    EVAL return(1) 0
    SCRIPT FLUSH
    SCRIPT KILL
    CLIENT KILL ID 1
    SHUTDOWN NOSAVE
    REPLICAOF 127.0.0.1 1
    SAVE
    PUBLISH channel x
    SLOWLOG GET
    DUMP khabar:articles
    DEL khabar:articles
    DEL khabar:records
    RENAME khabar:articles khabar:backfill
    EXPIRE khabar:articles 1
    GET other:key
    SET other:sent:x 1
    XADD other:articles * article {}
    XRANGE other:articles - +
    XREAD STREAMS other:records 0
    LPUSH other:batches x
    HGET other:done:1:1 x
"""

FORBIDDEN = {
    Role.PRODUCER: """
        XRANGE khabar:articles - +
        XREAD STREAMS khabar:articles 0
        XREAD STREAMS khabar:records 0
        XRANGE khabar:records - +
        XRANGE khabar:dead - +
        XREADGROUP GROUP workers me STREAMS khabar:articles >
        XGROUP CREATE khabar:articles mine 0
        XACK khabar:articles workers 1-1
        XDEL khabar:articles 1-1
        XTRIM khabar:articles MAXLEN 0
        XADD khabar:records * event {}
        XDEL khabar:dead 1-1
        HSET khabar:counters record 1
        HGETALL khabar:counters
        HSET khabar:failures x y
        HDEL khabar:done:1:1 x
        HGETALL khabar:done:1:1
        HGETALL khabar:pushed:x
        ZADD khabar:retry 1 x
        LPUSH khabar:batches x
        BRPOP khabar:batches 1
        GET khabar:sent:x
        INFO
        CLIENT LIST
    """,
    Role.WORKER: """
        XADD khabar:articles * article {}
        XREAD STREAMS khabar:records 0
        XRANGE khabar:records - +
        XREADGROUP GROUP archive me STREAMS khabar:records >
        XCLAIM khabar:records archive me 0 1-1
        XACK khabar:records archive 1-1
        XDEL khabar:records 1-1
        XGROUP CREATE khabar:records mine 0
        XGROUP DESTROY khabar:records archive
        XGROUP DESTROY khabar:articles workers
        XTRIM khabar:articles MAXLEN 0
        XRANGE khabar:dead - +
        XDEL khabar:dead 1-1
        HDEL khabar:done:1:1 x
        HSET khabar:pushed:x items 1
        SET khabar:sent:x 1
        HSET khabar:counters record 1
    """,
    Role.STORIES: """
        XADD khabar:records * event {}
        XADD khabar:articles * article {}
        XREAD STREAMS khabar:articles 0
        XDEL khabar:records 1-1
        XTRIM khabar:records MAXLEN 0
        XGROUP DESTROY khabar:records archive
        XRANGE khabar:dead - +
        XREAD STREAMS khabar:stories 0
        XDEL khabar:stories 1-1
        HSET khabar:counters record 1
        HGETALL khabar:stories:articles
        LPUSH khabar:batches x
        INFO
        CLIENT LIST
    """,
    Role.CONSUMER: """
        XADD khabar:records * event {}
        XDEL khabar:records 1-1
        XTRIM khabar:records MAXLEN 0
        XGROUP DESTROY khabar:records archive
        XGROUP SETID khabar:records archive 0
        XRANGE khabar:dead - +
        XREAD STREAMS khabar:dead 0
        XADD khabar:dead * event {}
        XADD khabar:articles * article {}
        XREAD STREAMS khabar:articles 0
        XREADGROUP GROUP workers me STREAMS khabar:articles >
        XACK khabar:articles workers 1-1
        LPUSH khabar:batches x
        BRPOP khabar:batches 1
        HGET khabar:done:1:1 x
        HSET khabar:done:1:1 x y
        HGETALL khabar:counters
        ZRANGE khabar:retry 0 -1
        SCRIPT LOAD return(1)
        EVALSHA 0000000000000000000000000000000000000000 1 khabar:records
        INFO
        CLIENT LIST
    """,
    Role.BROWSER: """
        XADD khabar:records * event {}
        XADD khabar:stories * event {}
        XADD khabar:articles * article {}
        XDEL khabar:records 1-1
        XTRIM khabar:records MAXLEN 0
        XTRIM khabar:stories MAXLEN 0
        XGROUP CREATE khabar:records mine 0
        XGROUP DESTROY khabar:records archive
        XREADGROUP GROUP archive me STREAMS khabar:records >
        XAUTOCLAIM khabar:records archive me 0 0
        XACK khabar:records archive 1-1
        XREAD STREAMS khabar:articles 0
        XREAD STREAMS khabar:dead 0
        XREVRANGE khabar:dead + -
        XREVRANGE khabar:articles + -
        EXISTS khabar:groups
        HGETALL khabar:groups
        HSETNX khabar:groups mine {}
        HGETALL khabar:alive
        HGETALL khabar:stories:articles
        LPUSH khabar:batches x
        SCRIPT LOAD return(1)
        EVALSHA 0000000000000000000000000000000000000000 1 khabar:records
        INFO
        CLIENT LIST
    """,
    Role.OPERATOR: """
        XADD khabar:records * event {}
        XADD khabar:dead * event {}
        XDEL khabar:records 1-1
        XDEL khabar:articles 1-1
        XTRIM khabar:articles MAXLEN 0
        XREADGROUP GROUP workers me STREAMS khabar:articles >
        XGROUP DESTROY khabar:articles workers
        HSET khabar:done:1:1 x y
        HSET khabar:counters record 1
        ZADD khabar:retry 1 x
        LPUSH khabar:batches x
        BRPOP khabar:batches 1
        SET khabar:sent:x 1
    """,
}

LIST = "spider:items"
# The relay sends as a producer, and may do nothing to keys beside its list.
FORBIDDEN[Role.RELAY] = f"""{FORBIDDEN[Role.PRODUCER].rstrip()}
    LRANGE spider:requests 0 -1
    LMOVE spider:requests {LIST} LEFT RIGHT
    LMOVE {LIST} khabar:batches LEFT RIGHT
    LPUSH {LIST} x
    DEL {LIST}
    GET {LIST}:khabar-relay
    DEL {LIST}:khabar-relay
"""

IN_SCRIPTS = [
    (Role.PRODUCER, "return redis.call('XRANGE', KEYS[1], '-', '+')", "khabar:articles"),
    (Role.PRODUCER, "return redis.call('XADD', 'khabar:records', '*', 'event', '{}')", "khabar:articles"),
    (Role.PRODUCER, "return redis.call('FLUSHALL')", "khabar:articles"),
    (Role.RELAY, "return redis.call('DEL', 'spider:items')", "spider:items:khabar-relay-lease"),
    (Role.WORKER, "return redis.call('XRANGE', KEYS[1], '-', '+')", "khabar:records"),
    (Role.WORKER, "return redis.call('DEL', KEYS[1])", "khabar:articles"),
    (Role.OPERATOR, "return redis.call('XADD', KEYS[1], '*', 'event', '{}')", "khabar:records"),
]

# Redis 7.0 and Valkey 9 word it differently, and by whether the command or the key is refused.
REFUSED_IN_SCRIPT = (
    r"ACL failure in script|The user executing the script can't (run this command|access at least one of the keys)"
)


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


@pytest.fixture(scope="module", params=[VALKEY, DEBIAN])
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedBroker]:
    """Each of the two servers, for tests that change nothing."""
    binary = debian_redis() if request.param == DEBIAN else None
    running = GuardedBroker(tmp_path_factory.mktemp("guarded") / "broker", binary=binary, lists=[LIST])
    running.broker.start()
    yield running
    running.broker.kill()


@pytest.mark.parametrize("role", Role)
def test_a_role_is_refused_everything_that_is_not_its_own(guarded: GuardedBroker, role: Role) -> None:
    """Each of these once with the role's own user; only NOPERM counts, for another error could be a slip of this test."""
    answers = {}
    with guarded.client(role) as client:
        for command in [*lines(NOBODYS), *lines(FORBIDDEN[role])]:
            try:
                answers[" ".join(command)] = repr(client.execute_command(*command))
            except redis.exceptions.NoPermissionError:
                pass
            except redis.RedisError as error:
                answers[" ".join(command)] = repr(error)
    assert answers == {}


@pytest.mark.parametrize(("role", "script", "key"), IN_SCRIPTS)
def test_a_script_may_do_no_more_than_its_sender(guarded: GuardedBroker, role: Role, script: str, key: str) -> None:
    """A role may load scripts, so a script must be no way around."""
    with guarded.client(role) as client:
        sha = client.script_load(script)
        with pytest.raises(redis.ResponseError, match=REFUSED_IN_SCRIPT):
            client.evalsha(sha, 1, key)


def test_the_relay_does_its_work_with_its_own_user(guarded: GuardedBroker) -> None:
    """From the list to the ledger, and what is no article to the dead letters; a list of another name is refused."""
    with guarded.client() as admin:
        admin.execute_command("ACL", "LOG", "RESET")
        admin.rpush(LIST, '{"id": "relayed", "title": "عنوان", "text": "نص المقال"}', "{broken")
        with ArticlePublisher(guarded.url(Role.RELAY)) as publisher:
            ListRelay(guarded.url(Role.RELAY), LIST, publisher).run(until_empty=True)
            assert (publisher.report.accepted, publisher.report.rejected) == (1, 1)
            assert (admin.keys(f"{LIST}*"), guarded.refusals()) == ([], [])
            with pytest.raises(BrokerRefused):
                ListRelay(guarded.url(Role.RELAY), "other:items", publisher).run(until_empty=True)


def test_the_browser_does_its_work_with_its_own_user(guarded: GuardedBroker, tmp_path: Path) -> None:
    """It follows records and stories, begins anew where the service has lost its data, and the broker refuses it nothing."""
    names = Names()

    def indexed(index: Index) -> tuple[list[str], bool]:
        with reading(index.path) as connection:
            ids = [article for (article,) in connection.execute("SELECT article FROM records")]
            return ids, bool(connection.execute("SELECT 1 FROM stories").fetchone())

    def follow(index: Index, name: str, entry: str) -> None:
        """Put a record in the place of all others, and wait until the browser shows it."""
        event = event_bytes(EventType.RECORD, json.dumps(record(name)).encode(), event_id=name, subject=name)
        admin.delete(names.records, names.stories)
        admin.xadd(names.records, {EVENT_FIELD: event}, id=entry)
        admin.xadd(names.stories, {EVENT_FIELD: json.dumps({"specversion": "1.0", "data": STORY})})
        feeder = Feeder(index, feed_stream(client, names.records, names.stories))
        feeder.start()
        wait_until(lambda: indexed(index) == ([name], True))
        feeder.close()
        assert feeder.failure == ""

    with guarded.client() as admin, connect(guarded.url(Role.BROWSER)) as client:
        admin.execute_command("ACL", "LOG", "RESET")
        with closing(Index(tmp_path / "index.sqlite", keep=9)) as index:
            follow(index, "a", "2-1")
            follow(index, "b", "1-1")  # earlier than the last: it is another stream
        admin.delete(names.records, names.stories)
        assert guarded.refusals() == []


@pytest.mark.parametrize(("has_password", "has_user"), [(True, True), (False, False)])
def test_a_file_without_a_password_for_the_browser_has_no_user_for_it(has_password: bool, has_user: bool) -> None:
    """The passwords of an earlier version know no such role, and a placeholder would keep the whole file out."""
    hashes = {role: password_hash("x") for role in Role if has_password or role is not Role.BROWSER}
    users = [line.split()[1] for line in acl_lines("khabar:", hashes)]
    assert ("khabar-browser" in users) is has_user
    assert "khabar-consumer" in users
    assert "SHA256" not in "".join(acl_lines("khabar:", hashes))


def test_without_a_user_nobody_gets_in(guarded: GuardedBroker) -> None:
    """The default user of both servers may do everything until it is switched off."""
    with guarded.broker.client() as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_a_file_without_passwords_is_refused_by_the_server(tmp_path: Path) -> None:
    """A placeholder that loads would be a password that everybody knows."""
    file = tmp_path / "users.acl"
    file.write_text("\n".join(acl_lines("khabar:", {})) + "\n")
    with pytest.raises(RuntimeError, match="does not start"):
        Broker(tmp_path / "broker", None, "--aclfile", str(file)).start()
    assert "password hash must be exactly 64 characters" in (tmp_path / "broker" / "valkey.log").read_text()


def test_a_prefix_with_a_star_is_no_pattern(tmp_path: Path) -> None:
    """The user of the prefix `a*:` must not reach the keys of `ab:`."""
    guarded = GuardedBroker(tmp_path / "broker", prefix="a*:")
    guarded.broker.start()
    try:
        with guarded.client(Role.PRODUCER) as client:
            assert client.xadd("a*:articles", {"article": "{}"})
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.xadd("ab:articles", {"article": "{}"})
    finally:
        guarded.broker.kill()
