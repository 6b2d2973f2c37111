"""The three distributions ask for one another by the versions that they have."""

import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[3]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pyproject(folder: str = ".") -> dict[str, Any]:
    """Return a distribution's pyproject.toml."""
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))


def needs(project: dict[str, Any]) -> dict[str, Requirement]:
    """Return what a distribution depends on, by name."""
    return {found.name: found for found in map(Requirement, project["dependencies"])}


def test_service_and_client_are_one_version() -> None:
    """Keys, messages and scripts are shared: a service with another client would read what it cannot understand."""
    service, client = pyproject()["project"], pyproject("client")["project"]
    assert client["version"] == service["version"]
    assert str(needs(service)["khabar-client"].specifier) == f"=={service['version']}"


def test_the_service_takes_the_weights_that_lie_beside_it() -> None:
    """Weights have a version of their own; a new major one is another form of file."""
    assert needs(pyproject()["project"])["khabar-models"].specifier.contains(pyproject("models")["project"]["version"])


def test_the_locks_name_every_package_and_none_of_ours() -> None:
    """Ours are on no index, so a lock with their names could not be installed."""
    service, client = pyproject()["project"], pyproject("client")["project"]
    wanted = {name.lower() for name in needs(service) | needs(client)}
    for name in LOCKS:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        locked = {line.partition("==")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}
        assert {name for name in wanted if not name.startswith("khabar")} <= locked
        assert not {name for name in locked if name.startswith("khabar")}
        assert not [line for line in lines if "index-url" in line or "://" in line]
