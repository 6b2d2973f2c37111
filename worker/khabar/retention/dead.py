"""How long dead letters are kept: so many, and so old; the oldest go first, announced before and counted when they go."""

from dataclasses import dataclass

from redis import Redis

from khabar.broker.scripts import load_script
from khabar.keys.names import Names

DROPPED = "dead_dropped"  # in the counters: dead letters that went for their number or age
NEARLY_FULL = 0.8  # share of the letters at which an operator is told


@dataclass(frozen=True, slots=True)
class Dropped:
    """The result of trimming the dead letters once, done or planned.

    Attributes:
        letters: how many there were before.
        dropped: how many of them were removed.
    """

    letters: int
    dropped: int


class DeadRetention:
    """Keeps the dead letters within their number and age.

    Args:
        max_dead: how many are kept.
        dead_days: for how long; 0 without limit.
    """

    def __init__(self, client: "Redis", names: Names, *, max_dead: int, dead_days: int) -> None:
        self._names = names
        self._max_dead = max_dead
        self._dead_s = dead_days * 86_400
        self._trim = load_script(client, __package__, "dead")

    def trim(self, *, dry_run: bool = False) -> Dropped:
        """Drop what is too many or too old."""
        letters, dropped = self._trim(
            keys=[self._names.dead, self._names.counters], args=[self._max_dead, self._dead_s, int(dry_run), DROPPED]
        )
        return Dropped(int(letters), int(dropped))

    def is_nearly_full(self, letters: int) -> bool:
        """Whether the oldest will be dropped soon for their number."""
        return letters >= NEARLY_FULL * self._max_dead
