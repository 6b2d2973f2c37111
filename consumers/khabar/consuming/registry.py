"""A consumer's side of the group registry: enter the group once, notice that it was detached."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import NoPermissionError, OutOfMemoryError, ResponseError

from khabar.broker.plan import Plan
from khabar.errors import GroupDetached
from khabar.keys.groups import GroupEntry
from khabar.keys.names import Names
from khabar.keys.unreadable import is_wrong_type, read_or_skip, skip


def register(names: Names, group: str) -> Plan[bool]:
    """Create the group at the oldest record, if it does not exist, and enter it into the registry.

    Returns:
        Whether it was created.

    Raises:
        GroupDetached: it was taken out; creating it again would hide what it has missed.
    """
    with _optional(names.groups):
        stored = yield lambda client: client.hget(names.groups, group)
        entry = read_or_skip(names.groups, GroupEntry.model_validate_json, stored) if stored else None
        if entry and entry.detached:
            raise GroupDetached(
                f"consumer group {group!r} was detached with {entry.detached.unread + len(entry.detached.pending):,} records "
                f"not acknowledged; `khabar groups attach {group}` attaches it again and says how many are gone"
            )
    is_new = True
    try:
        yield lambda client: client.xgroup_create(names.records, group, id="0", mkstream=True)
    except OutOfMemoryError:
        is_new = False  # the group may be there, and reading makes room; where it is not, reading says so
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
        is_new = False
    with _optional(names.groups):
        # The broker's clock, as for all times in the registry.
        seconds, microseconds = yield lambda client: client.time()
        now = int(seconds) * 1000 + int(microseconds) // 1000
        value = GroupEntry(registered_at=now, active_at=now).model_dump_json(exclude_none=True)
        yield lambda client: client.hsetnx(names.groups, group, value)
    return is_new


@contextmanager
def _optional(key: str) -> Iterator[None]:
    """Do without the registry: a consumer's account may be barred from it, and the dispatcher enters what it meets."""
    try:
        yield
    except NoPermissionError:
        pass
    except ResponseError as error:
        if not is_wrong_type(error):
            raise
        skip(key, "it is no hash")
