"""What a health check would answer, asked in this process: each start of `khabar status` takes a second."""

from redis.exceptions import RedisError

from khabar.broker.connection import connect
from khabar.broker.patience import BRIEF
from khabar.keys.names import Names
from khabar.liveness.rules import Health, judge
from khabar.status import read_state


def looks(url: str, *, stall_s: float) -> Health | None:
    """Return how a service looks now; None where its broker does not answer. Wait with it, then ask the command once."""
    try:
        with connect(url, BRIEF) as client:
            state = read_state(client, Names(), group_dead_s=3_600)
    except RedisError:
        return None
    return judge(state.processes, stall_s=stall_s).health
