"""Environments with our wheels, and with no other package than these declare."""

import fcntl
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.packages import fetch

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = {"khabar-client": ROOT / "client", "khabar-models": ROOT / "models", "khabar": ROOT}
CODE = ("khabar-client", "khabar")


class Environment:
    """A virtual environment with wheels of ours. Of the packages that the tests run with, it has those that these wheels declare.

    The other packages are links, so nothing is downloaded; our editable installation is not among them.

    Attributes:
        site: its site-packages.
    """

    def __init__(self, folder: Path, wheels: Iterable[Path] = ()) -> None:
        venv.create(folder, symlinks=True)
        self.bin = folder / "bin"
        self.site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        if wheels:
            done = self.pip("install", "--no-deps", "--no-index", "--no-compile", *map(str, wheels))
            assert done.returncode == 0, done.stderr
            self._link(text for ours in distributions(path=[str(self.site)]) for text in ours.requires or [])

    def pip(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the tests' own pip on this environment."""
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        return subprocess.run(
            [*command, "--python", str(self.bin / "python"), *arguments], capture_output=True, text=True, timeout=300
        )

    def run(self, *command: str, folder: Path, env: dict[str, str] | None = None, input: str | None = None) -> str:
        """Run one of this environment's programs in a folder; return what it prints."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=folder,
            env=os.environ | (env or {}),
            input=input,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _link(self, requirements: Iterable[str]) -> None:
        waiting = _applicable(requirements, extras={""})
        seen: set[str] = set()
        while waiting:
            wanted = waiting.pop()
            if str(wanted) in seen or wanted.name.startswith("khabar"):
                continue
            seen.add(str(wanted))
            package = distribution(wanted.name)
            waiting += _applicable(package.requires or [], extras={"", *wanted.extras})
            for name in {file.parts[0] for file in package.files or []} - {"..", "__pycache__"}:
                link = self.site / name
                if not link.exists():
                    link.symlink_to(Path(str(package.locate_file(name))))


def _applicable(requirements: Iterable[str], *, extras: set[str]) -> list[Requirement]:
    """Return the requirements that hold on this machine with these extras; "" is none."""
    found = map(Requirement, requirements)
    return [
        each for each in found if not each.marker or any(each.marker.evaluate({"extra": extra}) for extra in extras)
    ]


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Let one test process in at a time."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(basetemp: Path) -> Path:
    """Build the wheels, and the sdists of the code, once a run.

    Args:
        basetemp: of this test process; parallel ones share its parent.

    Returns:
        A folder with `dist`, built from the checkout, and `again`, the wheels built from its sdists.
    """
    folder = (basetemp.parent if "PYTEST_XDIST_WORKER" in os.environ else basetemp) / "distributions"
    folder.mkdir(exist_ok=True)
    with _only_one(folder):
        if not (folder / "complete").exists():
            for part in ("backend", "dist", "unpacked", "again"):
                shutil.rmtree(folder / part, ignore_errors=True)
            _build(folder)
            (folder / "complete").touch()
    return folder


def _build(folder: Path) -> None:
    backend = Environment(folder / "backend")
    wanted = {text for project in PROJECTS.values() for text in _build_requires(project)}
    if fetch(backend.bin / "python", *wanted).returncode != 0:
        reason = f"{', '.join(sorted(wanted))} cannot be installed: no package index can be reached"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)

    def make(project: Path, to: str, *targets: str) -> None:
        options = [option for target in targets for option in ("--target", target)]
        backend.run("python", "-m", "hatchling", "build", "--directory", str(folder / to), *options, folder=project)

    for name, project in PROJECTS.items():
        make(project, "dist", "wheel", *(["sdist"] if name in CODE else []))  # 28 MB of weights take seconds to pack
    (folder / "unpacked").mkdir()
    for sdist in sorted((folder / "dist").glob("*.tar.gz")):
        subprocess.run(["tar", "-xzf", sdist, "-C", folder / "unpacked"], check=True)
        make(folder / "unpacked" / sdist.name.removesuffix(".tar.gz"), "again", "wheel")


def _build_requires(project: Path) -> list[str]:
    return list(tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"])
