"""Who may do what in the broker: roles, each with its commands and the keys that these may touch, as an ACL file.

Redis 7 and Valkey check every command by these, those inside a script as well. A grant is written as a selector of its own,
so that a command which a role needs on one key says nothing about another: the worker may read an article, and no record.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from khabar.keys.lists import held_key, lease_key
from khabar.keys.names import Lane, Names


class Role(StrEnum):
    """Who connects. One user of the broker each."""

    PRODUCER = "producer"  # `khabar push`, ArticlePublisher, a scraper with XADD
    WORKER = "worker"  # `python -m khabar.host` and `python -m khabar.host dispatch`, which are one service
    STORIES = "stories"  # `khabar up --only stories`
    CONSUMER = "consumer"  # RecordStream, `khabar records`
    BROWSER = "browser"  # `khabar browse`: reads records and stories, writes nothing
    OPERATOR = "operator"  # a person: `khabar status`, `khabar dead`, the groups
    RELAY = "relay"  # `khabar relay`: a producer that also empties lists which somebody names


@dataclass(frozen=True, slots=True)
class Grant:
    """Commands that may be run on keys.

    Attributes:
        commands: as the broker names them, subcommands with a bar.
        keys: patterns, the prefix included; none where the commands have no keys.
        access: "R" reads, "W" writes, "RW" both.
    """

    commands: tuple[str, ...]
    keys: tuple[str, ...] = ()
    access: str = "RW"

    def rules(self) -> list[str]:
        """Write it as ACL rules."""
        sign = "~" if self.access == "RW" else f"%{self.access}~"
        return [f"+{command}" for command in self.commands] + [sign + key for key in self.keys]


# Commands that every client library sends when it connects. AUTH, HELLO, RESET and QUIT need no permission. redis-py also
# sends CLIENT SETINFO; it is missing here, because Redis 7.0 does not know it and would refuse the whole file. redis-py
# works without it.
CONNECT: Final = ("ping", "select", "client|setname")
SCRIPTS: Final = ("script|load", "script|exists")

_UNSAFE = re.compile(r"[\s\x00-\x1f\x7f]")
_GLOB = re.compile(r"([*?\[\]\\^])")
_HASH = re.compile(r"[0-9a-f]{64}")


def grants(role: Role, prefix: str, lists: Sequence[str] = ()) -> tuple[Grant, ...]:
    """Return all that a role may do under a prefix.

    Args:
        lists: keys of the Redis lists that the relay empties; they say nothing to the other roles.

    Raises:
        ValueError: an ACL file cannot hold the prefix, or the name of a list.
    """
    names = Names(_literal("prefix", prefix))
    if role is Role.RELAY:
        return (*_producer(names), *_relay([_literal("list", key) for key in lists]))
    return _GRANTS[role](names)


def roles(hashes: Mapping[Role, str], lists: Sequence[str] = ()) -> list[Role]:
    """Return the roles that an ACL file has.

    The relay is one of them where it is told its lists. The browser, without which a service is whole, is left out where others
    have passwords and it has none: the server would refuse the file for it.
    """
    left_out = {Role.RELAY} if not lists else set()
    if hashes and Role.BROWSER not in hashes:
        left_out.add(Role.BROWSER)
    return [role for role in Role if role not in left_out]


def user_name(role: Role, prefix: str) -> str:
    """Return the broker's user of a role: khabar-producer under the prefix `khabar:`."""
    return f"{prefix.strip(':')}-{role}"


def password_hash(password: str) -> str:
    """Return what an ACL file holds instead of the password."""
    return sha256(password.encode()).hexdigest()


def acl_lines(prefix: str, hashes: Mapping[Role, str], lists: Sequence[str] = ()) -> list[str]:
    """Write an ACL file: nobody without a user, and one user a role.

    Args:
        hashes: SHA-256 of each role's password, 64 hexadecimal digits. A role without one gets a placeholder that the broker
            refuses to load, so that no file with a known password comes into service by an oversight.
        lists: keys of the Redis lists that the relay empties. Without any there is no user for it.

    Raises:
        ValueError: a prefix, a list's name or a hash that cannot be used.
    """
    lines = ["user default reset off"]
    for role in roles(hashes, lists):
        digest = hashes.get(role)
        if digest is not None and not _HASH.fullmatch(digest):
            raise ValueError(f"the hash for {role} is not 64 hexadecimal digits in lower case")
        password = f"#{digest}" if digest else f"#SHA256-OF-THE-PASSWORD-OF-{role.upper()}"
        rules: list[str] = []
        for grant in grants(role, prefix, lists):
            rule = " ".join(grant.rules())
            rules.append(f"({rule})" if grant.keys else rule)
        lines.append(" ".join(["user", user_name(role, prefix), "reset", "on", password, *rules]))
    return lines


def _producer(names: Names) -> tuple[Grant, ...]:
    ledgers, sent, done, pushed = _ledgers(names), names.sent("*"), _done(names), names.pushed("*")
    return (
        # wait: for replicas to confirm; time: the broker's clock alone says which generation of outcomes it is;
        # info|memory: push.lua sees by it that the broker is nearly full, and nothing else of INFO
        Grant((*CONNECT, *SCRIPTS, "wait", "time", "info|memory")),
        Grant(("xadd", "xlen"), ledgers, "W"),
        Grant(("xadd", "xlen"), (names.dead,), "W"),
        Grant(("exists", "set", "expire"), (sent,)),
        Grant(("hexists", "hset", "expire"), (done,)),  # the same bad item is one dead letter
        Grant(("hmget", "hset", "expire"), (pushed,)),
        _scripts_on(*ledgers, names.dead, sent, done, pushed),
    )


def _worker(names: Names) -> tuple[Grant, ...]:
    ledgers, done = _ledgers(names), _done(names)
    alive, begun, groups = names.alive, names.begun("*"), names.groups
    suspects = tuple(names.suspect(lane) for lane in Lane)
    return (
        # info: the memory's mark and the version; client|list: `khabar up` sees by it that its processes are connected
        Grant((*CONNECT, *SCRIPTS, "info", "time", "multi", "exec", "client|list")),
        Grant(
            (
                *("xgroup|create", "xgroup|delconsumer", "xreadgroup", "xpending", "xclaim", "xrange", "xack", "xdel"),
                *("xlen", "exists", "xinfo|groups", "xinfo|consumers"),
            ),
            ledgers,
        ),
        Grant(("zadd", "zrem", "zscore", "zrangebyscore", "zcard"), (names.retry,)),
        Grant(("hget", "hset", "hdel"), (names.failures,)),
        Grant(("hexists", "hset", "expire"), (done,)),
        Grant(("strlen", "getrange"), (_known(names),), "R"),  # what archives have a record of
        Grant(("hincrby", "hincrbyfloat", "hgetall"), (names.counters,)),  # read by the metrics of `khabar up`
        Grant(("xadd",), (names.records, names.dead), "W"),
        Grant(("xlen", "xtrim"), (names.dead,), "W"),  # their number and age are bounded
        # Retention: how far every group is, and behind the last of them the records go. No command that reads a record.
        Grant(
            ("xlen", "exists", "xinfo|stream", "xinfo|groups", "xinfo|consumers", "xpending", "xtrim", "memory|usage"),
            (names.records,),
        ),
        Grant(("hget", "hgetall", "hset", "hdel"), (groups,)),
        Grant(("get", "set"), (begun, *suspects)),
        Grant(("hget", "hgetall", "hset", "hdel"), (alive,)),
        # Celery's queue. kombu notes the queue's binding in two sets when it declares it.
        Grant(("lpush", "rpush", "brpop", "llen"), (names.queue,)),
        Grant(("sadd", "smembers"), (names.prefix + "_kombu.binding*",)),
        _scripts_on(
            *ledgers,
            names.queue,
            names.retry,
            names.failures,
            names.records,
            names.dead,
            done,
            _known(names),
            names.counters,
            groups,
            begun,
            *suspects,
            alive,
            names.prefix + "_kombu.binding*",
        ),
    )


def _stories(names: Names) -> tuple[Grant, ...]:
    kept = (names.story_articles, names.open_stories)
    return (
        Grant((*CONNECT, *SCRIPTS, "time")),
        Grant(
            (
                *("xgroup|create", "xreadgroup", "xautoclaim", "xack", "xread", "xinfo|stream"),
                *("xlen", "exists"),
            ),
            (names.records,),
        ),
        Grant(("hget", "hsetnx"), (names.groups,)),  # it enters its group in the registry, and changes no entry
        Grant(("hget", "hmget", "hset", "hdel", "hscan"), kept),
        Grant(("hget", "hmget", "hset"), (names.story_state,)),
        Grant(("del",), (*kept, names.story_state)),  # one command, so one selector must cover all its keys
        Grant(("get", "set", "del"), (names.story_holder,)),
        Grant(("hincrby",), (names.counters,), "W"),
        # Its revisions, and how far their consumer groups are; no command that reads one.
        Grant(("xadd", "xlen", "exists", "xtrim", "xinfo|groups", "xpending"), (names.stories,)),
        Grant(("hget", "hset", "hdel"), (names.alive,)),
        # A commit looks at its keys' types before it writes.
        Grant(
            ("type",),
            (names.story_holder, names.story_state, *kept, names.stories, names.records, names.counters),
        ),
        _scripts_on(
            *(names.records, names.stories, *kept, names.story_state, names.story_holder, names.counters, names.alive)
        ),
    )


def _consumer(names: Names) -> tuple[Grant, ...]:
    return (
        Grant((*CONNECT, "time")),
        Grant(("xgroup|create", "xreadgroup", "xautoclaim", "xack", "xread", "xlen"), (names.records,)),
        Grant(("xgroup|create", "xreadgroup", "xautoclaim", "xack", "xread", "xlen"), (names.stories,)),
        Grant(("hget", "hsetnx"), (names.groups,)),  # it enters its group in the registry, and changes no entry
    )


def _browser(names: Names) -> tuple[Grant, ...]:
    return (
        Grant(CONNECT),
        Grant(("exists", "xread", "xrevrange"), (names.records, names.stories), "R"),
    )


def _operator(names: Names) -> tuple[Grant, ...]:
    ledgers, done = _ledgers(names), _done(names)
    alive, groups = names.alive, names.groups
    streams = (*ledgers, names.records, names.dead, names.stories)
    hashes = (names.counters, names.failures, groups, alive, names.open_stories, names.story_articles)
    return (
        Grant((*CONNECT, *SCRIPTS, "info", "time", "multi", "exec", "client|list")),
        Grant(
            (
                *("xlen", "exists", "xrange", "xrevrange", "xread", "xpending"),
                *("xinfo|stream", "xinfo|groups", "xinfo|consumers"),
            ),
            streams,
            "R",
        ),
        Grant(("hgetall", "hget", "hmget", "hlen", "hkeys", "hscan"), hashes, "R"),
        Grant(("llen",), (names.queue,), "R"),
        Grant(("zcard", "zscore", "zrange", "zrangebyscore", "zscan"), (names.retry,), "R"),
        # A dead letter is requeued or dropped, and its outcome forgotten.
        Grant(("xadd",), ledgers, "W"),
        Grant(("xdel", "xtrim"), (names.dead,), "W"),
        Grant(("xtrim",), (names.stories,), "W"),
        Grant(("hincrby",), (names.counters,), "W"),  # how many of them were dropped
        Grant(("hdel",), (done,), "W"),
        Grant(("get", "set", "del", "strlen"), (_known(names),)),  # the outcomes of an archive are told or forgotten
        # A dead consumer group is detached, put back, or moved past what was archived; leftovers are swept.
        Grant(
            (
                *("xgroup|create", "xgroup|destroy", "xgroup|setid", "xgroup|delconsumer"),
                *("xclaim", "xack", "xtrim"),
            ),
            (names.records,),
        ),
        Grant(("xgroup|delconsumer",), ledgers),
        Grant(("hset", "hdel"), (groups, alive), "W"),
        Grant(("hdel",), (names.failures,), "W"),
        Grant(("zrem",), (names.retry,), "W"),
        _scripts_on(*streams, done, _known(names), *hashes, names.retry),
    )


def _relay(lists: Sequence[str]) -> tuple[Grant, ...]:
    """Name what the relay does to its lists, the holding list and the lease beside each."""
    both = tuple(name for key in lists for name in (key, held_key(key)))
    leases = tuple(map(lease_key, lists))
    return (
        Grant(("type", "llen", "lmove", "blmove", "lrange", "lrem"), both),
        Grant(("get", "set", "pexpire", "del"), leases),
        _scripts_on(*leases),
    )


_GRANTS: Final = {
    Role.PRODUCER: _producer,
    Role.WORKER: _worker,
    Role.STORIES: _stories,
    Role.CONSUMER: _consumer,
    Role.BROWSER: _browser,
    Role.OPERATOR: _operator,
}


def _scripts_on(*keys: str) -> Grant:
    """Let a script name these keys. The broker checks each command of the script against the other grants."""
    return Grant(("evalsha",), keys)


def _ledgers(names: Names) -> tuple[str, ...]:
    return tuple(names.ledger(lane) for lane in Lane)


def _done(names: Names) -> str:
    return names.prefix + "done:*"


def _known(names: Names) -> str:
    return names.prefix + "known:*"


def _literal(what: str, key: str) -> str:
    """Write a key as a pattern that matches it alone."""
    if _UNSAFE.search(key):
        raise ValueError(f"the {what} {key!r} has white space or control characters; an ACL file cannot hold it")
    return _GLOB.sub(r"\\\1", key)


def roles_without_password(hashes: Mapping[Role, str], lists: Sequence[str] = ()) -> Sequence[Role]:
    """Return the roles whose line still has a placeholder."""
    return [role for role in roles(hashes, lists) if role not in hashes]
