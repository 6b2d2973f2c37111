"""Changes of a consumer group since the last update of the registry."""

from enum import StrEnum

import orjson

from khabar.keys.groups import GroupEntry
from khabar.retention.group import Group, entry_of


class Change(StrEnum):
    """A change that a look at the groups has found."""

    MET = "group_met"  # it was not in the registry
    DEAD = "group_dead"
    BACK = "group_back"  # it was dead
    GONE = "group_gone"  # not in the broker any more, and nobody has detached it
    REMADE = "group_remade"  # it was detached or gone, and somebody has created it without `khabar groups attach`


def compare(group: Group, now: int, *, alert: bool) -> tuple[Change | None, GroupEntry | None]:
    """Say what is new about a group, and how its entry should read; None where it is to stay as it is."""
    entry = group.entry
    if entry is None and _is_object(group.stored):  # a later version's: not ours to write over
        return None, None
    if entry is None:
        return Change.MET, entry_of(group)
    if not group.is_attached:
        if entry.detached or entry.gone_at is not None:
            return None, entry
        return Change.GONE, entry.model_copy(update={"gone_at": now})
    if entry.detached or entry.gone_at is not None:
        return Change.REMADE, entry.model_copy(
            update={"detached": None, "gone_at": None, "alerted_at": None, "active_at": now}
        )
    active = entry.model_copy(update={"active_at": group.active_at})
    if not alert:
        return None, active
    if group.is_dead and entry.alerted_at is None:
        return Change.DEAD, active.model_copy(update={"alerted_at": now})
    # Only a sign of life ends an alert: a dead group whose records were archived is not told of again with the next record.
    if entry.alerted_at is not None and group.active_at >= entry.alerted_at:
        return Change.BACK, active.model_copy(update={"alerted_at": None})
    return None, active


def _is_object(stored: bytes) -> bool:
    try:
        return isinstance(orjson.loads(stored), dict)
    except orjson.JSONDecodeError:
        return False
