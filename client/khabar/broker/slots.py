"""Redis Cluster and Valkey Cluster: all of khabar's keys must lie in one slot, because a script touches many of them."""

import re
from typing import Final

from redis import Redis
from redis.exceptions import ResponseError

# The hash tag, from which the slot is computed: the text between the first opening brace and the next closing one, if any.
_TAG: Final = re.compile(r"[^{]*\{[^}]+\}")
EXAMPLE: Final = "KHABAR_PREFIX='{khabar}:'"
NO_TAG: Final = (
    f"all of khabar's keys must lie in one slot; give every part of khabar a prefix with a hash tag: {EXAMPLE}"
)


def has_tag(prefix: str) -> bool:
    """Whether all keys under a prefix lie in one slot of a cluster."""
    return _TAG.match(prefix) is not None


def cluster_refusal(client: "Redis", prefix: str) -> str | None:
    """Say in one sentence why nothing of khabar can run on this cluster; None where it can, or it is no cluster.

    Raises:
        redis.RedisError: the broker is unreachable.
    """
    try:
        is_cluster = bool(client.info("cluster").get("cluster_enabled"))
    except ResponseError:  # INFO is forbidden; what it refuses later it will say
        return None
    if not is_cluster:
        return None
    if not has_tag(prefix):
        return f"the broker is a cluster, and {NO_TAG}"
    try:
        client.exists(prefix)
    except ResponseError as error:
        if moved := re.search(r"(\d+) (\S+:\d+)$", str(error)):
            return f"the broker is a cluster, and the server {moved[2]} has khabar's slot {moved[1]}; give its address"
    return None
