"""How long each role waits for the broker: through an outage, and for one answer."""

from dataclasses import dataclass

# A batch takes milliseconds and the longest BLOCK two seconds; a broker that stalls longer is asked again, which is harmless. It
# is also what passes before a host that vanished without closing its connections is noticed.
ANSWER_S = 5.0
IDLE_S = 30.0  # a firewall may have forgotten a connection that was idle for longer


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client waits for the broker.

    Attributes:
        outage_s: seconds for which a call keeps trying while the broker is unreachable or in trouble; 0 sends each call once.
            A call that is sent twice must do no harm.
        answer_s: longest wait for one answer, in seconds; above the longest BLOCK.
        health_check_s: seconds of idleness after which a connection is tested with PING before its next use; 0 for never.
            A server that cannot write its data answers PING with an error.
    """

    outage_s: float
    answer_s: float = ANSWER_S
    health_check_s: float = 0.0


COMMAND = Patience(7.0)  # a person waits; reads continue where the broker cannot write, so no health check
PROBE = Patience(0.0)  # the first contact of a command: a wrong address is said at once
STARTING = Patience(0.0, 2.0)  # a question while something starts: a stop must not wait for its answer
LOOK = Patience(0.0, 0.5)  # the supervisor has other things to do, and one missed look means nothing

DISPATCHER = Patience(5.0, health_check_s=IDLE_S)  # it waits outages out by itself, and must notice that it is stopped
# The work is done: giving it up would count an attempt against articles that did nothing wrong.
CHILD = Patience(600.0, health_check_s=IDLE_S)
# A worker's parent also keeps time for its children, and a child must be up within four seconds or Celery kills it: neither
# may wait out an outage, or for a broker that is frozen.
BRIEF = Patience(0.0, 2.0, IDLE_S)
PULSE = Patience(0.0, 1.0, IDLE_S)  # an outage must not hold up a process that shows life

CONSUMER = Patience(60.0)  # a failover takes seconds, a host that is started again a minute
PRODUCER = Patience(0.0)  # each call is sent once: the publisher's Caller sends again, and says that it does
PRODUCER_OUTAGE_S = 30.0  # for which that Caller continues; a failover takes seconds, and a scraper should hear of more
