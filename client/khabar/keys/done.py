"""Where it is remembered which outcomes are out: hashes by generation and bucket, small enough to stay compact."""

import time
import zlib

from khabar.keys.names import Names

# A hash stays in the compact form up to 512 fields (hash-max-listpack-entries), so 33 million outcomes a generation do.
# docs/benchmarks.md has the bytes an outcome.
BUCKETS = 65_536


def done_field(outcome_id: str) -> bytes:
    """Return the field under which an outcome is remembered: its id as 16 bytes instead of 32 digits."""
    return bytes.fromhex(outcome_id)


def done_keys(names: Names, outcome_id: str, *, generation_s: int) -> tuple[str, str, str]:
    """Return the hashes that may hold an outcome: of this generation, where it is noted, of the one before and the one after.

    What is remembered in the one before still counts, so an outcome is known for one to two generations. The one after is for the
    turn of a generation, when some host's clock is ahead.
    """
    generation = int(time.time()) // generation_s
    bucket = zlib.crc32(outcome_id.encode()) % BUCKETS
    return (
        names.done(generation, bucket),
        names.done(generation - 1, bucket),
        names.done(generation + 1, bucket),
    )
