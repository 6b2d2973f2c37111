"""A stage for faults: a broker, dispatchers and worker hosts as processes of their own, kept alive by khabar's supervisor."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import psutil
import redis

from khabar.broker.connection import connect
from khabar.keys.names import Lane, Names
from khabar.publishing.publisher import ArticlePublisher
from khabar.supervision.supervisor import Service, Supervisor
from tests.broker import Broker
from tests.faults.history import History
from tests.faults.news import news
from tests.faults.tally import Counting, Tally, unfinished
from tests.waiting import wait_until

PUSHED = 100  # articles of one event in the history

# Delivery is on trial, not extraction: with all layers an article takes six times as long, and a row has a sixth of the
# batches under way in its time.
QUICK_LAYERS = "paragraphs,sentences,tokens,hashtags,links,quality"


class Stage:
    """Everything of one row; a context manager.

    Args:
        broker: not yet started.
        url: where processes find the broker, if not directly (a proxy, another network).
        module: what a worker host runs; a faulty one for rows about poison.
        through: service name -> the command that its command is an argument of: `ip netns exec`, `unshare`.
        stories: how many processes of the stories service; one of them makes stories, the others wait.
        waits_for_children: whether the row begins when every child has connected, or with the dispatchers.
        settings: KHABAR_* by their field names.
    """

    def __init__(
        self,
        folder: Path,
        broker: Broker,
        *,
        hosts: int = 1,
        children: int = 2,
        dispatchers: int = 1,
        stories: int = 0,
        module: str = "khabar.host",
        url: str | None = None,
        through: Callable[[str], list[str]] = lambda _name: [],
        waits_for_children: bool = True,
        **settings: object,
    ) -> None:
        self.folder = folder
        self.broker = broker
        self._waits_for_children = waits_for_children
        self.url = url or broker.url
        self._through = through
        self.names = Names()
        self.events: list[str] = []
        self.accepted: list[str] = []
        self.env = os.environ | {
            "KHABAR_REDIS_URL": self.url,
            "KHABAR_CHILDREN": str(children),
            "KHABAR_LAYERS": QUICK_LAYERS,
            **{f"KHABAR_{name.upper()}": str(value) for name, value in settings.items()},
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.services = [
            self._service(f"dispatcher-{number}", "khabar.host", "dispatch") for number in range(dispatchers)
        ] + [self._service(f"worker-{number}", module) for number in range(hosts)]
        self.services += [self._service(f"stories-{number}", "khabar.story_service") for number in range(stories)]
        self._supervisor = Supervisor(self.services, on_event=self.events.append)
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._supervisor.watch, args=(self._stop,), daemon=True)
        self.history = History(folder)
        self.counting = Counting(self.names, self.history, f"count:{folder.name}")

    def _service(self, name: str, module: str, *arguments: str) -> Service:
        command = [*self._through(name), sys.executable, "-P", "-m", module, *arguments]
        env = self.env | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        return Service(name, command, self.folder / f"{name}.log", env)

    def __enter__(self) -> "Stage":
        self.broker.start()
        self.client: redis.Redis = connect(self.broker.url)  # past any proxy: the count must not suffer from the fault
        try:
            self._supervisor.start()
            self._watch.start()
            wait_until(self.is_ready)
        except BaseException:  # Ctrl-C as well: nothing may be left behind
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._watch.is_alive():
            self._watch.join()
        running = [service.process.pid for service in self.services if service.process and not service.has_exited]
        for pid in running:
            kill_tree(pid)
        self._supervisor.kill()
        self.client.close()
        self.broker.kill()
        self.history.close()

    def is_ready(self) -> bool:
        """Whether every dispatcher and every child has connected."""
        children = int(self.env["KHABAR_CHILDREN"]) * len(self.hosts) if self._waits_for_children else 0
        try:
            names = [str(entry["name"]) for entry in self.client.client_list()]
        except redis.RedisError:
            return False
        dispatchers = sum(service.name.startswith("dispatcher") for service in self.services)
        return (
            sum(name.startswith("dispatcher:") for name in names) >= dispatchers
            and sum(name.startswith("worker:") for name in names) >= children
        )

    @property
    def hosts(self) -> list[Service]:
        """The worker hosts."""
        return [service for service in self.services if service.name.startswith("worker")]

    def service(self, name: str) -> Service:
        """Return one service by name: worker-0, dispatcher-0 and so on."""
        return next(service for service in self.services if service.name == name)

    def process(self, name: str) -> psutil.Process:
        """Return the running process of a service; waits while it is being restarted."""

        def running() -> psutil.Process | None:
            process = self.service(name).process
            with contextlib.suppress(psutil.NoSuchProcess):
                return psutil.Process(process.pid) if process and process.poll() is None else None
            return None

        found = wait_until(running)
        assert found is not None
        return found

    def children(self, name: str) -> list[psutil.Process]:
        """Return a worker host's children, at least one; waits while it is being restarted."""

        def found() -> list[psutil.Process]:
            with contextlib.suppress(psutil.NoSuchProcess):
                return self.process(name).children()
            return []

        return wait_until(found)

    def about_to_end(self, name: str) -> psutil.Process:
        """Return the running process of a service whose end is the row's own doing: it is started again without a pause."""
        process = self.process(name)
        self.service(
            name
        ).pause_s = 0.0  # else the supervisor takes it for a service that cannot run, and waits up to 5 s
        return process

    def kill_host(self, name: str) -> None:
        """Kill -9 the whole worker host: parent and children at once, as when its machine fails."""
        kill_tree(self.about_to_end(name).pid)

    def push(self, count: int, *, first: int | None = None, make: Callable[[int], dict[str, str]] = news) -> None:
        """Push numbered articles with the ids `test-{number}`; they are accepted when this returns."""
        start = len(self.accepted) if first is None else first
        with self.publisher() as publisher:
            for chunk in range(start, start + count, PUSHED):
                numbers = range(chunk, min(chunk + PUSHED, start + count))
                names = [f"test-{number}" for number in numbers]
                with self.history.doing("producer", "push", names):
                    for number in numbers:
                        publisher.add(orjson.dumps(make(number)))
                    publisher.flush()
                self.accepted += names

    def publisher(self, **options: object) -> ArticlePublisher:
        """Return a producer of this stage."""
        return ArticlePublisher(self.url, **options)  # type: ignore[arg-type]

    @contextlib.contextmanager
    def pushing(self, count: int) -> Iterator[threading.Thread]:
        """Push while the body runs, in a thread; an error in it is raised at the end."""
        errors: list[BaseException] = []

        def run() -> None:
            try:
                self.push(count)
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        yield thread
        thread.join()
        if errors:
            raise errors[0]

    def settled(self) -> int:
        """Return how many articles have ended; what was counted so far while the broker is away."""
        try:
            return self.counting.read(self.client)
        except redis.RedisError:
            return self.counting.records.total() + self.counting.rejections.total()

    def finish(self, *, timeout_s: float = 300.0) -> Tally:
        """Wait until nothing is unfinished, or the time is over, and count."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            with contextlib.suppress(redis.RedisError):
                if not any(unfinished(self.client, self.names, lane) for lane in Lane):
                    break
            time.sleep(0.05)
        return self.counting.tally(self.client, self.accepted)


def kill_tree(pid: int) -> None:
    """Kill -9 a process and all below it at once; nothing where it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
