"""The one-machine mode: which processes make the service, and where they keep their data."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from redis.exceptions import RedisError

from khabar.connect import connected
from khabar.embedded_broker import HOST, broker_command, require_free_port
from khabar.exit_codes import CommandError, Exit
from khabar.supervisor import Service, Supervisor
from worker.bootstrap import build_engine
from worker.broker.connection import connect
from worker.settings import load_settings


@dataclass(frozen=True)
class Machine:
    """Broker, dispatcher and workers of one machine.

    Attributes:
        broker_url: where producers and consumers find it.
    """

    supervisor: Supervisor
    services: list[Service]
    broker_url: str


def build_machine(
    var: Path, *, port: int, redis_url: str | None, children: int, prefix: str, on_event: Callable[[str], None]
) -> Machine:
    """Put the processes together; nothing is started yet.

    Args:
        var: folder for the broker's data and the logs; made if missing.
        port: of the embedded broker.
        redis_url: a broker that runs elsewhere; the embedded one if None.

    Raises:
        CommandError: the folder cannot be written, the port is taken, or the broker elsewhere does not answer.
    """
    var = var.resolve()
    logs = var / "log"
    data = var / "broker"
    try:
        logs.mkdir(parents=True, exist_ok=True)
        data.mkdir(exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"cannot keep data under {var}: {error.strerror}; choose another with --var", Exit.USAGE
        ) from error
    url = redis_url or f"redis://{HOST}:{port}/0"
    # Here, where an error is one sentence and a wait has a reason, and not in each process.
    on_event("opening Farasa's model; the first time it is converted, which takes about ten seconds")
    build_engine(load_settings())
    # Settings reach the processes through their environment, as they would on any other machine.
    env = os.environ | {"KHABAR_REDIS_URL": url, "KHABAR_CHILDREN": str(children), "KHABAR_PREFIX": prefix}
    services: list[Service] = []
    if redis_url is None:
        require_free_port(port)
        command = broker_command(data, port, logs / "broker.log")
        services.append(Service("broker", command, logs / "broker.log", env, is_ready=lambda: _answers(url)))
    else:
        connected(url).close()  # says why it cannot be reached
    python = [sys.executable, "-P", "-m"]  # -P: a folder `worker` beside the user must not be taken for ours
    for name, command, processes in (
        ("dispatcher", [*python, "worker", "dispatch"], 1),
        ("worker", [*python, "worker"], children),
    ):
        is_ready = partial(_has_connected, url, f"{name}:", processes)
        services.append(Service(name, command, logs / f"{name}.log", env, is_ready=is_ready))
    return Machine(Supervisor(services, on_event=on_event), services, url)


def _answers(url: str) -> bool:
    try:
        with connect(url, retries=0) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _has_connected(url: str, name: str, processes: int) -> bool:
    """Whether so many clients whose name begins so are connected; that is the last step of their start."""
    try:
        with connect(url, retries=0) as client:
            return sum(str(entry["name"]).startswith(name) for entry in client.client_list()) >= processes
    except RedisError:
        return False
