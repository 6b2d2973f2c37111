"""Leases that end when a test says so, not when its machine has been slow for long enough."""

from collections.abc import Collection

import redis

from khabar.keys.names import GROUP, Lane, Names

LEASE_S = 600.0  # no test lasts so long: what ends earlier was ended by end_leases
ALL = 10_000


def end_leases(client: redis.Redis, names: Names, ids: Collection[str] | None = None) -> None:
    """Let entries look as if nobody had shown life for them for longer than LEASE_S; owners and attempts stay.

    Args:
        ids: entries of the live lane; all that are pending, if not given.
    """
    ledger = names.ledger(Lane.LIVE)
    for entry in client.xpending_range(ledger, GROUP, "-", "+", ALL):
        if ids is None or entry["message_id"].decode() in ids:
            idle_ms = int(LEASE_S * 1000) + 1
            client.xclaim(ledger, GROUP, entry["consumer"], 0, [entry["message_id"]], idle=idle_ms, justid=True)
