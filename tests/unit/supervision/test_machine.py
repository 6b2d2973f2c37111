"""Which processes a machine runs for one role; nothing is started."""

import pytest

from khabar.keys.names import DEFAULT_PREFIX
from khabar.liveness.processes import Role
from khabar.settings import load_settings
from khabar.supervision.machine import build_role
from tests.broker import free_port


@pytest.mark.parametrize(
    ("count", "role", "names"),
    [
        (1, Role.STORIES, ["stories"]),
        (2, Role.STORIES, ["stories"]),
        (1, Role.DISPATCHER, ["dispatcher"]),
        (2, Role.DISPATCHER, ["dispatcher-1", "dispatcher-2"]),
        (2, Role.WORKER, ["worker-1", "worker-2"]),
    ],
)
def test_a_container_runs_its_role_for_every_ledger(count: int, role: Role, names: list[str]) -> None:
    """Each ledger has a dispatcher and workers of its own; one process makes the stories of all."""
    urls = [f"redis://127.0.0.1:{free_port()}/0" for _ in range(count)]
    machine = build_role(role, load_settings(redis_url=",".join(urls), children=3), on_event=lambda _: None)
    assert [service.name for service in machine.services] == names
    told = [service.env["KHABAR_REDIS_URL"] for service in machine.services]
    assert told == ([",".join(urls)] if role is Role.STORIES else urls)
    assert {service.env["KHABAR_PREFIX"] for service in machine.services} == {DEFAULT_PREFIX}
    if role is Role.WORKER:
        assert sum(int(service.env["KHABAR_CHILDREN"]) for service in machine.services) == 3
    assert len(machine.watches) == count
    assert machine.broker_url == ",".join(urls)
