"""How the dispatcher, the workers and the command reach the broker, and how long each goes on trying."""

from redis import Redis

from khabar.broker import connection

COMMAND_OUTAGE_S = 7.0  # a person waits
DISPATCHER_OUTAGE_S = 5.0  # it waits outages out by itself, and must notice that it is stopped
CHILD_OUTAGE_S = 600.0  # the work is done: giving it up would count an attempt against articles that did nothing wrong


def connect(
    url: str,
    *,
    name: str = "khabar",
    outage_s: float = COMMAND_OUTAGE_S,
    answer_s: float = connection.ANSWER_S,
    health_check_s: float = 30,
) -> "Redis":
    """Return a client that goes on through outages; every script of ours may be sent twice without harm.

    Args:
        url: redis://, rediss://, unix:// or sentinel://.
        name: shown by the broker's CLIENT LIST.
        outage_s: seconds for which a call goes on trying; 0 for one try.
        answer_s: longest wait for an answer, in seconds.
        health_check_s: a connection that was idle so long is tried before it is used again; 0 for never. The try is a PING,
            which a server that cannot write its data answers with an error.

    Raises:
        ValueError: the URL is none.
    """
    return connection.connect(url, name=name, outage_s=outage_s, answer_s=answer_s, health_check_s=health_check_s)
