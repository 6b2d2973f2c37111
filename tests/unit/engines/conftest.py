"""One converted model for all tests here: a conversion takes 9 s."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from khabar.engines.farasa_embedded import FarasaEmbedded, cache
from khabar.engines.farasa_embedded.source import find_source
from khabar.farasa_jars.accepted import identity
from khabar.farasa_jars.engine import FarasaJvm
from khabar.farasa_jars.jars import find_jars
from khabar.farasa_jars.java import JavaCommand
from khabar.farasa_jars.tool import FarasaTool
from tests.fake_java import FakeJava

MakeTool = Callable[..., FarasaTool]


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache directory that holds the converted model; test processes that run side by side convert it once."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "model-cache"
    folder.mkdir(exist_ok=True)
    if ready := _converted_by_this_code():
        with contextlib.suppress(FileExistsError):  # another process was first
            (folder / ready.name).symlink_to(ready)
    FarasaEmbedded(folder)
    return folder


def _converted_by_this_code() -> Path | None:
    """Return the user's own converted model, as the demo leaves it in `.ci/run`; None where code of the engine is newer."""
    ready = cache.default_cache_dir() / f"farasa-{cache.FORMAT}-{find_source().fingerprint()}"
    changed = max(path.stat().st_mtime for path in Path(cache.__file__).parent.rglob("*.py"))
    return ready if ready.is_dir() and ready.stat().st_mtime > changed else None


@pytest.fixture(scope="session")
def session_java(tmp_path_factory: pytest.TempPathFactory) -> FakeJava:
    """A fake Java that never fails."""
    return FakeJava(tmp_path_factory.mktemp("java"))


@pytest.fixture
def fake_java(tmp_path: Path) -> FakeJava:
    """A fake Java of this test's own."""
    return FakeJava(tmp_path)


@pytest.fixture
def make_tool(fake_java: FakeJava) -> Iterator[MakeTool]:
    """Builds a supervised segmenter with a plan of faults; all are ended after the test."""
    made: list[FarasaTool] = []

    def make(
        jar: str = "lib/FarasaSegmenterJar.jar", *, start_s: float = 20, timeout_s: float = 20, **plan: object
    ) -> FarasaTool:
        command = JavaCommand(fake_java.jars / jar, java=str(fake_java.java), env={"FAKE_JAVA": json.dumps(plan)})
        tool = FarasaTool(
            command, start_s=start_s, timeout_s=timeout_s, whole_lines="Segmenter" not in jar, pauses_s=(0.0, 0.0, 0.0)
        )
        made.append(tool)
        return tool

    yield make
    for tool in made:
        tool.close()


def real_jars() -> FarasaJvm:
    """Farasa itself, where its jars are installed; a skip elsewhere, for it is not ours to ship."""
    folder = os.environ.get("KHABAR_FARASA_JARS")
    if not folder:
        pytest.skip("no Farasa on this machine: set KHABAR_FARASA_JARS to its jars to run this test too")
    jars = find_jars(Path(folder))
    env = {"FarasaDataDir": f"{jars.data}/"} if jars.data else {}
    tool = FarasaTool(JavaCommand(jars.segmenter, env=env), start_s=60, timeout_s=60)
    return FarasaJvm(tool, version=identity(jars))
