"""The one-machine mode: which processes make the service, and where they keep their data."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from redis.exceptions import RedisError

from khabar.batch.helpers import Helpers
from khabar.bootstrap import build_engine, build_pipelines
from khabar.broker.connection import connect
from khabar.broker.first_contact import connected
from khabar.broker.patience import STARTING
from khabar.errors import CommandError, Exit
from khabar.liveness.processes import Role
from khabar.settings import Settings, load_settings
from khabar.supervision.embedded_broker import HOST, broker_command, require_free_port
from khabar.supervision.supervisor import Service, Supervisor
from khabar.supervision.watch import Watch, answers

PYTHON = [sys.executable, "-P", "-m"]  # -P: a folder `khabar` beside the user must not be taken for ours
COMMANDS = {Role.DISPATCHER: [*PYTHON, "khabar.host", "dispatch"], Role.WORKER: [*PYTHON, "khabar.host"]}

LOADING_TIMEOUT_S = 300.0  # for the embedded broker to read its data: gigabytes, from a slow disk


@dataclass(frozen=True)
class Machine:
    """What one machine or one container runs.

    Attributes:
        broker_url: where producers and consumers find it.
    """

    supervisor: Supervisor
    services: list[Service]
    broker_url: str
    watch: Watch

    def stop(self) -> None:
        """Stop everything, and say that this supervisor is gone."""
        self.watch.end()
        self.supervisor.stop()


def build_machine(
    var: Path, *, port: int, redis_url: str | None, children: int, prefix: str, on_event: Callable[[str], None]
) -> Machine:
    """Put the processes of a whole service together; nothing is started yet.

    Args:
        var: folder for the broker's data and the logs; made if missing.
        port: of the embedded broker.
        redis_url: a broker that runs elsewhere; the embedded one if None.

    Raises:
        CommandError: the folder cannot be written, or the port is taken.
        BrokerRefused, BrokerUnavailable: the broker elsewhere refuses us, or does not answer.
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
    settings = load_settings(redis_url=redis_url or f"redis://{HOST}:{port}/0", children=children, prefix=prefix)
    url = settings.redis_url
    _open_model(settings, on_event)
    watch = Watch(url, settings.names, stall_s=settings.stall_s)
    services: list[Service] = []
    if redis_url is None:
        require_free_port(port)
        broker = Service("broker", broker_command(data, port, logs / "broker.log"), logs / "broker.log", os.environ)
        broker.is_ready = partial(_answers, url)
        broker.is_stuck = watch.stuck_broker
        broker.answers = partial(answers, url)
        broker.stops_last = True
        broker.ready_timeout_s = LOADING_TIMEOUT_S
        services.append(broker)
    else:
        connected(url).close()  # says why it cannot be reached
    for role, processes in ((Role.DISPATCHER, 1), (Role.WORKER, children)):
        service = _service(role, settings, watch, logs / f"{role}.log")
        service.is_ready = partial(_has_connected, url, f"{role}:", processes)
        service.ready_timeout_s += settings.farasa_starts_s  # it tries them out before it connects
        services.append(service)
    return Machine(Supervisor(services, on_event=on_event), services, url, watch)


def build_role(role: Role, settings: Settings, *, on_event: Callable[[str], None]) -> Machine:
    """Put a machine together that runs one role against a broker elsewhere, as the command of a container.

    Its logs are this process's own output, and it waits for its broker for ever, as everything of ours does.
    """
    _open_model(settings, on_event)
    watch = Watch(settings.redis_url, settings.names, stall_s=settings.stall_s)
    services = [_service(role, settings, watch, None)]
    return Machine(Supervisor(services, on_event=on_event), services, settings.redis_url, watch)


def _service(role: Role, settings: Settings, watch: Watch, output: Path | None) -> Service:
    # Settings reach the processes through their environment, as they would on any other machine.
    env = os.environ | {
        "KHABAR_REDIS_URL": settings.redis_url,
        "KHABAR_CHILDREN": str(settings.children),
        "KHABAR_PREFIX": settings.prefix,
    }
    return Service(str(role), COMMANDS[role], output, env, is_stuck=partial(watch.stuck_process, role))


def _open_model(settings: Settings, on_event: Callable[[str], None]) -> None:
    # Here, where an error is one sentence and a wait has a reason, and not in each process.
    if settings.uses_farasa_jars:
        on_event("trying out Farasa's jars; Java takes some seconds")
        Helpers(build_pipelines(settings), settings.max_article_bytes).check()
        return
    on_event("opening Farasa's model; the first time it is converted, which takes about ten seconds")
    build_engine(settings)


def _answers(url: str) -> bool:
    try:
        with connect(url, STARTING) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _has_connected(url: str, name: str, processes: int) -> bool:
    """Whether so many clients whose name begins so are connected; that is the last step of their start."""
    try:
        with connect(url, STARTING) as client:
            return sum(str(entry["name"]).startswith(name) for entry in client.client_list()) >= processes
    except RedisError:
        return False
