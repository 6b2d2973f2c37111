"""The one-machine mode: which processes make the service, and where they keep their data."""

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from redis.exceptions import RedisError, ResponseError

from khabar.broker.connection import connect
from khabar.broker.first_contact import connected
from khabar.broker.local import drop_note, note_folder
from khabar.broker.patience import STARTING
from khabar.broker.url import hide_password
from khabar.errors import CommandError, Exit
from khabar.host.transport import CELERY_CLIENT
from khabar.keys.names import Names
from khabar.liveness.processes import Role, read_processes
from khabar.liveness.rules import first_sign_s
from khabar.settings import Settings, each_of, load_settings
from khabar.spans import require
from khabar.supervision.embedded_broker import (
    HOST,
    broker_command,
    require_free_port,
    require_manifest,
    write_configuration,
    written_bytes,
)
from khabar.supervision.folder import OwnedFolder
from khabar.supervision.reasons import broker_losses, explain
from khabar.supervision.supervisor import Service, Supervisor
from khabar.supervision.watch import Watch, answers

PYTHON = [sys.executable, "-P", "-m"]  # -P: a folder `khabar` beside the user must not be taken for ours
COMMANDS = {
    Role.DISPATCHER: [*PYTHON, "khabar.host", "dispatch"],
    Role.WORKER: [*PYTHON, "khabar.host"],
    Role.STORIES: [*PYTHON, "khabar.story_service"],
}

LOADING_TIMEOUT_S = 300.0  # for the embedded broker to read its data: gigabytes, from a slow disk


@dataclass(frozen=True)
class Machine:
    """The processes of one machine or one container.

    Attributes:
        broker_url: where producers and consumers find the broker; with several ledgers, all their addresses.
        watches: one for each ledger.
        folder: the folder that this service owns; None where it writes nothing.
        port: of the embedded broker; None where the broker runs elsewhere.
    """

    supervisor: Supervisor
    services: list[Service]
    broker_url: str
    watches: list[Watch]
    folder: OwnedFolder | None = None
    port: int | None = None

    def stop(self) -> None:
        """Stop everything, say that this supervisor is gone, and give up its folder."""
        for watch in self.watches:
            watch.end()
        self.supervisor.stop()
        self.release()

    def release(self) -> None:
        """Give up its folder; after a start that failed."""
        if self.port is not None:
            drop_note(self.port)
        if self.folder is not None:
            self.folder.release()


def build_machine(
    var: Path,
    *,
    port: int,
    redis_url: str | None,
    children: int,
    prefix: str,
    on_event: Callable[[str], None],
    has_password: bool = True,
) -> Machine:
    """Put the processes of a whole service together; nothing is started yet.

    Args:
        var: folder for the broker's data and the logs; made if missing, and from here on owned.
        port: of the embedded broker.
        redis_url: a broker that runs elsewhere, or several ledgers, which share the children; the embedded one if None.
        children: worker processes in all; each ledger has one at least.
        prefix: as of khabar/broker/ledgers.py.
        has_password: whether the embedded broker asks for one.

    Raises:
        CommandError: the folder cannot be written or has another owner, or the port is taken.
        BrokerRefused, BrokerUnavailable: the broker elsewhere refuses us, or does not answer.
    """
    settings = load_settings(redis_url=redis_url or f"redis://{HOST}:{port}/0", children=children, prefix=prefix)
    folder = OwnedFolder.take(var, place=hide_password(settings.redis_url) if redis_url else f"{HOST}:{port}")
    try:
        if redis_url is None:
            require_free_port(port)
            require_manifest(folder.broker)
            password = write_configuration(folder.path, has_password=has_password)
            if password:
                settings = settings.model_copy(update={"redis_url": f"redis://:{password}@{HOST}:{port}/0"})
        else:
            for ledger in settings.ledgers:
                connected(ledger.url).close()  # says why it cannot be reached
        _open_model(settings, on_event)
        watches, services = [], []
        shares = each_of(settings)
        for place, own in enumerate(shares, 1):
            number = f"-{place}" if len(shares) > 1 else ""
            watch = Watch(own.redis_url, own.names, stall_s=own.stall_s)
            watches.append(watch)
            if redis_url is None:
                services.append(_broker(folder, port, own, watch, on_event))
            for role, processes in ((Role.DISPATCHER, 1), (Role.WORKER, own.children)):
                service = _service(role, own, watch, folder.logs / f"{role}{number}.log", number)
                service.is_ready = partial(_is_at_work, own.redis_url, own.names, role, service, processes)
                service.ready_timeout_s = first_sign_s(own.stall_s) + own.farasa_starts_s  # Java is tried out before
                services.append(service)
        if settings.stories:  # nobody waits for it: articles pass without
            services.append(_service(Role.STORIES, settings, watches[0], folder.logs / f"{Role.STORIES}.log"))
        if redis_url is None:
            note_folder(folder.path, port)
    except OSError as error:
        folder.release()
        raise CommandError(
            f"cannot keep data under {folder.path}: {error.strerror}; choose another with --var", Exit.USAGE
        ) from error
    except BaseException:
        folder.release()
        raise
    embedded = port if redis_url is None else None
    return Machine(
        Supervisor(services, on_event=on_event), services, settings.redis_url, watches, folder=folder, port=embedded
    )


def _broker(
    folder: OwnedFolder, port: int, settings: Settings, watch: Watch, on_event: Callable[[str], None]
) -> Service:
    log, url = folder.logs / "broker.log", settings.redis_url
    command = broker_command(folder.broker, port, log, max_article_bytes=settings.max_article_bytes)
    bytes_before = written_bytes(folder.broker)
    service = Service("broker", command, log, os.environ, pass_fds=[folder.lock_fd])

    def is_ready() -> bool:
        if not _answers(url):
            return False
        for loss in broker_losses(
            log, since=service.log_start, bytes_before=bytes_before, bytes_after=written_bytes(folder.broker)
        ):
            on_event(loss)
        return True

    service.is_ready = is_ready
    service.is_stuck = watch.stuck_broker
    service.answers = partial(answers, url)
    service.explain = lambda broker: explain(log, folder.broker, since=broker.log_start)
    service.stops_last = True
    service.ready_timeout_s = LOADING_TIMEOUT_S
    return service


def build_role(role: Role, settings: Settings, *, on_event: Callable[[str], None]) -> Machine:
    """Put a machine together that runs one role against a broker elsewhere, as the command of a container.

    With several ledgers it runs the role for each of them; one process makes the stories of all.

    Its logs are this process's own output, and it waits for its broker without limit, as everything of ours does.
    """
    if role is not Role.STORIES:
        _open_model(settings, on_event)
    shares = each_of(settings)
    watches = [Watch(own.redis_url, own.names, stall_s=own.stall_s) for own in shares]
    if role is Role.STORIES:
        services = [_service(role, settings, watches[0], None)]
    else:
        services = [
            _service(role, own, watch, None, f"-{place}" if len(shares) > 1 else "")
            for place, (own, watch) in enumerate(zip(shares, watches, strict=True), 1)
        ]
    return Machine(Supervisor(services, on_event=on_event), services, settings.redis_url, watches)


def _service(role: Role, settings: Settings, watch: Watch, output: Path | None, number: str = "") -> Service:
    # Settings reach the processes through their environment, as they would on any other machine.
    env = os.environ | {
        "KHABAR_REDIS_URL": settings.redis_url,
        "KHABAR_CHILDREN": str(settings.children),
        "KHABAR_PREFIX": settings.prefix,
    }
    service = Service(f"{role}{number}", COMMANDS[role], output, env, is_stuck=partial(watch.stuck_process, role))
    folder = output.parent if output else None
    service.explain = lambda ended: explain(
        output, folder, since=ended.log_start, needs_shared_memory=role is Role.WORKER
    )
    return service


def _open_model(settings: Settings, on_event: Callable[[str], None]) -> None:
    # Here, where an error is one sentence and a wait has a reason, and not in each process.
    require(settings.traces)
    from khabar.batch.helpers import Helpers
    from khabar.bootstrap import build_engine, build_pipelines
    from khabar.engines.farasa_embedded.cache import is_converted

    if settings.uses_farasa_jars:
        on_event("trying out Farasa's jars; Java takes some seconds")
        Helpers(build_pipelines(settings), settings.max_article_bytes).check()
        return
    if not is_converted(settings.cache_dir):
        on_event("converting Farasa's model, once; this takes about ten seconds")
    build_engine(settings)


def _answers(url: str) -> bool:
    try:
        with connect(url, STARTING) as client:
            return bool(client.ping())
    except RedisError:
        return False


def _is_at_work(url: str, names: Names, role: Role, service: Service, processes: int) -> bool:
    """Whether a process and its children are connected, and a worker waits at the queue: the last steps of their start."""
    me = f"{socket.gethostname()}:{service.pid}"
    try:
        with connect(url, STARTING) as client:
            try:
                found = [(str(entry["name"]), str(entry.get("cmd", ""))) for entry in client.client_list()]
            except ResponseError:  # a broker that lists its clients for nobody
                return any(str(process) == f"{role}:{me}" for process in read_processes(client, names))
    except RedisError:
        return False
    if role is Role.WORKER and (f"{CELERY_CLIENT}:{me}", "brpop") not in found:
        return False
    return sum(name == f"{role}:{me}" or name.startswith(f"{role}:{me}:") for name, _ in found) >= processes
