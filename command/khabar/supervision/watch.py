"""A supervisor's questions to the broker each second: does it answer, and which of our processes make progress?"""

import os
import socket
import time

from redis.exceptions import BusyLoadingError, RedisError, ResponseError

from khabar.broker.connection import connect
from khabar.broker.patience import LOOK
from khabar.keys.names import Names
from khabar.keys.unreadable import skip
from khabar.liveness.processes import Process, Role, queue_busy_s, read_processes
from khabar.liveness.pulse import Pulse
from khabar.liveness.rules import muteness, silence, standstill
from khabar.supervision.supervisor import Service

LOOK_EVERY_S = 1.0


class Watch:
    """Finds what is stuck. A look takes half a second at most, once to connect and once to be answered, whatever the broker does.

    The supervisor leaves signs of life itself. Where its own are refused (a full disk, a replica), the silence of the others is
    the broker's doing and no reason to restart them.
    """

    def __init__(self, url: str, names: Names, *, stall_s: float) -> None:
        self._names = names
        self._stall_s = stall_s
        self._host = socket.gethostname()
        self._client = connect(url, LOOK, name=f"supervisor:{self._host}:{os.getpid()}")
        self._pulse = Pulse(self._client, names, role=Role.SUPERVISOR, me=f"{self._host}:{os.getpid()}")
        self._next_look = 0.0
        self._answered_at = time.monotonic()
        self._serves_since: float | None = None
        self._processes: dict[str, Process] = {}
        self._begun: dict[Role, int | None] = {}  # the process of each role that has shown life since its start

    def stuck_broker(self, service: Service) -> str | None:
        """Say why the broker that is this service is stuck, or None."""
        self._look()
        return muteness(min(time.monotonic() - self._answered_at, service.running_s), stall_s=self._stall_s)

    def stuck_process(self, role: Role, service: Service) -> str | None:
        """Say why the dispatcher or worker that is this service is stuck, or None."""
        self._look()
        if self._serves_since is None:
            return None
        watched_s = min(time.monotonic() - self._serves_since, service.running_s)
        process = self._processes.get(f"{role}:{self._host}:{service.pid}")
        if process is not None and process.silent_s < service.running_s:
            self._begun[role] = service.pid
        is_starting = self._begun.get(role) != service.pid
        reason = silence(process, watched_s=watched_s, stall_s=self._stall_s, is_starting=is_starting)
        if reason is None and role is Role.WORKER:
            busy_s = queue_busy_s(self._processes.values())
            reason = standstill(process, busy_s, watched_s=watched_s, stall_s=self._stall_s)
        return reason

    def end(self) -> None:
        """Take this supervisor's sign away."""
        self._pulse.end()
        self._client.close()

    def _look(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY_S
        try:
            self._pulse.beat()
            self._processes = {str(process): process for process in read_processes(self._client, self._names)}
        except (BusyLoadingError, ResponseError):  # it reads its data, or refuses writes: an answer, but no service
            self._answered_at, self._serves_since = time.monotonic(), None
        except RedisError:
            self._serves_since = None
        except Exception as error:  # what the broker holds must not end the service, its broker with it
            skip(self._names.alive, error)
            self._answered_at, self._serves_since = time.monotonic(), None
        else:
            self._answered_at = time.monotonic()
            self._serves_since = self._serves_since or self._answered_at


def answers(url: str) -> bool:
    """Whether a broker answers at once. One that is still reading its data counts as answering."""
    try:
        with connect(url, LOOK) as client:
            client.ping()
    except (BusyLoadingError, ResponseError):
        return True
    except RedisError:
        return False
    return True
