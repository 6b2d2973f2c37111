"""Whether a broker keeps what it has accepted: its eviction policy, its append-only file, its fsync, a cut file."""

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from khabar.broker.replies import text

KEEPING_POLICY = "noeviction"
MENDED_VALKEY = (9, 1, 2)  # the first version tried here that is; no Redis is known to be


class Level(StrEnum):
    """How bad a finding is."""

    REFUSED = "refused"  # accepted articles will be lost; nothing of khabar starts there unless it is told to
    WARNING = "warning"  # some may be lost in a crash
    ADVICE = "advice"  # an error of this server's version may lose some; nothing is wrong now
    UNKNOWN = "unknown"  # the broker does not say


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the broker that an operator should know.

    Attributes:
        setting: the broker's own name of it.
        value: as the broker says; empty where it does not.
        sentence: what it costs and what to do.
    """

    level: Level
    setting: str
    value: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.setting} {self.value or 'unknown'}: {self.sentence}"


def check(client: "Redis") -> list[Finding]:
    """Ask the broker whether it keeps the articles that it accepted; return an empty list if it does.

    Only the default user calls CONFIG, which is often forbidden; INFO is sometimes forbidden too. Each setting that the broker
    does not tell gives a finding of level UNKNOWN.

    Raises:
        redis.RedisError: the broker is unreachable.
    """
    memory, persistence = _info(client, "memory"), _info(client, "persistence")
    findings = [
        _policy(memory.get("maxmemory_policy")),
        _append_only(persistence.get("aof_enabled")),
    ]
    if persistence.get("aof_enabled"):
        findings.append(_fsync(configuration(client, "appendfsync")))
        if not _is_mended(_info(client, "server")):
            findings.append(_cut_tail(configuration(client, "aof-load-truncated")))
    return [finding for finding in findings if finding is not None]


def refusal(findings: list[Finding]) -> str | None:
    """Say in one sentence why nothing should start on such a broker; None where it may."""
    refused = [str(finding) for finding in findings if finding.level is Level.REFUSED]
    if not refused:
        return None
    return (
        f"the broker forgets what it has accepted ({'; '.join(refused)}); change it, or set KHABAR_ACCEPT_FORGETFUL_BROKER=1 "
        "to lose articles knowingly"
    )


def _policy(policy: str | None) -> Finding | None:
    name = "maxmemory-policy"
    if policy is None:
        return Finding(Level.UNKNOWN, name, "", f"INFO is forbidden; it must be {KEEPING_POLICY}")
    if policy == KEEPING_POLICY:
        return None
    return Finding(
        Level.REFUSED,
        name,
        policy,
        f"a full broker deletes articles, or what it remembers of them; CONFIG SET {name} {KEEPING_POLICY}",
    )


def _append_only(is_on: int | None) -> Finding | None:
    name = "appendonly"
    if is_on is None:
        return Finding(Level.UNKNOWN, name, "", "INFO is forbidden; it must be yes")
    if is_on:
        return None
    return Finding(Level.REFUSED, name, "no", f"a restart loses all since the last snapshot; CONFIG SET {name} yes")


def _fsync(when: str | None) -> Finding | None:
    name = "appendfsync"
    if when is None:
        return Finding(Level.UNKNOWN, name, "", "CONFIG is forbidden; it should be always")
    if when == "always":
        return None
    lost = "up to two seconds of" if when == "everysec" else "half a minute of"
    return Finding(
        Level.WARNING, name, when, f"a power cut may cost {lost} accepted articles; CONFIG SET {name} always"
    )


def _is_mended(server: dict[str, Any]) -> bool:
    """Whether this version takes back the whole of a transaction that is cut in the file: valkey-io/valkey#4342."""
    with suppress(ValueError):
        return tuple(map(int, str(server.get("valkey_version", "0")).split("."))) >= MENDED_VALKEY
    return False


def _cut_tail(is_loaded: str | None) -> Finding | None:
    if is_loaded != "yes":
        return None
    name = "aof-load-truncated"
    return Finding(
        Level.ADVICE,
        name,
        is_loaded,
        "after a power cut this version keeps half a transaction in its file. At the next start it then loses later articles. "
        f"Use CONFIG SET {name} no, and `redis-check-aof --fix` if the broker does not start",
    )


def _info(client: "Redis", section: str) -> dict[str, Any]:
    try:
        return dict(client.info(section))
    except ResponseError:
        return {}


def configuration(client: "Redis", name: str) -> str | None:
    """Return one of the broker's settings; None where it does not say."""
    if client.get_connection_kwargs().get("username") not in (None, "default"):
        return None  # a role's own user may not ask, and each refusal is an entry in the broker's ACL log
    try:
        values: Any = client.config_get(name)
    except ResponseError:
        return None
    value = values.get(name, values.get(name.encode()))
    return None if value is None else text(value)
