"""The three distributions as a stranger gets them: what each holds, and that each works in a project with folders of its own."""

import json
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import psutil
import pytest

from tests.acceptance.environment import CODE, PROJECTS, ROOT, Environment, build
from tests.acceptance.service import Service, khabar
from tests.articles import article

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="paths of a Linux environment"),
]

KIB = 1024
# What a scraper's project may call its packages; five of these were khabar's own top-level names once.
PACKAGES = ("producers", "worker", "contracts", "consumers", "broker", "tests", "command", "client", "models")
SCRAPER = """
import importlib, json, sys
url, *names = sys.argv[1:]
own = {name: importlib.import_module(name).MARKER for name in names}
import khabar
from khabar.consuming.stream import RecordStream, connect
from khabar.publishing.publisher import ArticlePublisher
articles = json.load(sys.stdin)
with ArticlePublisher(url) as publisher:
    publisher.publish(articles)
stream = RecordStream(connect(url), group="project")
texts = {}
while not {article["id"] for article in articles} <= set(texts):
    deliveries = stream.read(wait=True)
    texts |= {record.article.id: record.text for record in (delivery.event.record() for delivery in deliveries)}
    stream.acknowledge(deliveries)
own_again = {name: importlib.import_module(name).MARKER for name in names}
print(json.dumps({"own": own, "own_again": own_again, "khabar": khabar.__file__, "texts": texts}))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what was built, once for all test processes."""
    return build(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def wheels(built: Path) -> dict[str, Path]:
    """The wheels by the name of their distribution."""
    found = {path.name.split("-")[0].replace("_", "-"): path for path in (built / "dist").glob("*.whl")}
    assert set(found) == set(PROJECTS)
    return found


@pytest.fixture(scope="module")
def service(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with all three wheels."""
    return Environment(tmp_path_factory.mktemp("service"), wheels.values())


@pytest.fixture(scope="module")
def client(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the client's wheel alone."""
    return Environment(tmp_path_factory.mktemp("client"), [wheels["khabar-client"]])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose top-level packages have the names of our folders."""
    folder = tmp_path_factory.mktemp("project")
    for name in PACKAGES:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"MARKER = 'the project has its own {name}'\n")
    (folder / "scrape.py").write_text(SCRAPER)
    return folder


@pytest.fixture(scope="module")
def running(service: Environment, project: Path) -> Iterator[Service]:
    """`khabar up` of the installed wheels, started in the project's folder."""
    with Service(project / "var", children=1, layers=None, program=str(service.bin / "khabar"), folder=project) as up:
        yield up


def listing(wheel: Path) -> dict[str, tuple[int, int]]:
    """Return size and checksum of each file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: (entry.file_size, entry.CRC) for entry in archive.infolist()}


def modules(wheel: Path) -> set[str]:
    """Return a wheel's files but those of its metadata."""
    return {name for name in listing(wheel) if not name.split("/")[0].endswith(".dist-info")}


def metadata(wheel: Path, folder: Path) -> Distribution:
    """Return what a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = {entry.split("/")[0] for entry in archive.namelist() if ".dist-info/" in entry}
        archive.extractall(folder, [entry for entry in archive.namelist() if entry.startswith(name)])
    return PathDistribution(folder / name)


def test_everything_installed_lies_under_khabar(wheels: dict[str, Path]) -> None:
    """A second top-level name of ours would stand in the way of a project that has a folder of that name."""
    for wheel in wheels.values():
        assert {name.split("/")[0] for name in modules(wheel)} == {"khabar"}, wheel.name


def test_every_file_of_the_checkout_is_in_exactly_one_wheel(wheels: dict[str, Path]) -> None:
    """A file in two would go with whichever is uninstalled first; a file in none is missed at its first use.

    But for the tables that `make tables` writes into a checkout: they would double the wheel.
    """
    packed = sorted(name for wheel in wheels.values() for name in modules(wheel))
    roots = [path for path in ROOT.glob("*/khabar") if path.is_dir()]
    kept = [path.relative_to(root.parent).as_posix() for root in roots for path in root.rglob("*") if path.is_file()]
    left_out = ("__pycache__", "khabar/__init__.pyi", "khabar/lexicons/kept_tables/")
    assert packed == sorted(name for name in kept if not any(part in name for part in left_out))


@pytest.mark.parametrize(("name", "at_most"), [("khabar-client", 300 * 1000), ("khabar", 1000 * KIB)])
def test_code_stays_small(wheels: dict[str, Path], name: str, at_most: int) -> None:
    """A client is 0.2 MB of a scraper's image, a release of the service 1 MB: the weights have a version of their own."""
    assert wheels[name].stat().st_size < at_most


def test_weights_and_places_are_in_the_models_alone(wheels: dict[str, Path]) -> None:
    """No weights, training or annotations in a wheel of code."""
    data = (".onnx", ".npy", ".npz", ".trie", ".tsv")
    assert {name.split("/")[2] for name in modules(wheels["khabar-models"]) if name.endswith(data)} == {
        "accurate",
        "fast",
        "names",
        "places",
        "reference",
        "stories",
        "topics",
    }
    for name in CODE:
        assert not [file for file in modules(wheels[name]) if file.endswith(data)]
        assert not [
            file for file in modules(wheels[name]) if {"training", "annotations", "tests"} & set(file.split("/"))
        ]


def test_each_wheel_has_its_licence_its_notice_and_the_types_have_their_mark(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    """Whoever gets a wheel alone gets the terms with it; type checkers read annotations only where py.typed is."""
    assert "khabar/py.typed" in modules(wheels["khabar-client"])
    for name, wheel in wheels.items():
        about = metadata(wheel, tmp_path).metadata
        assert str(about["License-Expression"]).startswith("Apache-2.0"), name
        licences = {file.partition("/licenses/")[2] for file in listing(wheel)} - {""}
        assert {"LICENSE", "NOTICE"} <= licences == set(about.get_all("License-File") or [])


@pytest.mark.parametrize("name", CODE)
def test_a_wheel_from_the_sdist_is_the_wheel_from_the_checkout(built: Path, wheels: dict[str, Path], name: str) -> None:
    """Distributors build from the sdist, where producers/ and consumers/ lie elsewhere than in the repository."""
    assert listing(built / "again" / wheels[name].name) == listing(wheels[name])


def test_the_client_needs_pydantic_orjson_and_redis_alone(client: Environment, project: Path) -> None:
    """A scraper must not have to install the service's packages."""
    code = (
        "import importlib.util as util\n"
        "from khabar.publishing.publisher import ArticlePublisher\n"
        "from khabar.consuming.stream import RecordStream\n"
        "print([name for name in ('celery', 'kombu', 'numpy', 'typer') if util.find_spec(name)])"
    )
    assert client.run("python", "-c", code, folder=project) == "[]\n"


def test_the_installed_command_makes_the_records_of_the_checkout(service: Environment, project: Path) -> None:
    """Data files, scripts and declared dependencies are all there: the bytes are the same."""
    sample = str(ROOT / "command" / "khabar" / "cli" / "samples" / "scraped.jsonl")
    env = {"KHABAR_RECOGNIZER": "fast"}
    assert "push" in service.run("khabar", "--help", folder=project)
    assert (
        service.run("khabar", "extract", sample, folder=project, env=env) == khabar("extract", sample, env=env).stdout
    )


def test_the_service_runs_in_a_project_with_folders_of_our_names(
    running: Service, service: Environment, project: Path
) -> None:
    """Its workers start in the project's folder, and must not take `worker/` or `models/` there for ours."""
    worker = psutil.Process(running.pid("worker"))
    assert worker.cmdline() == [str(service.bin / "python"), "-P", "-m", "khabar.host"]
    assert worker.cwd() == str(project)
    path = project / "articles.jsonl"
    path.write_text(json.dumps(article(1), ensure_ascii=False), encoding="utf-8")
    assert running.run("push", str(path)).returncode == 0
    [line] = running.run("records", "--follow", "--limit", "1").stdout.splitlines()
    assert json.loads(line)["article"]["id"] == "test-1"


def test_a_project_with_folders_of_our_names_uses_the_client(
    running: Service, client: Environment, project: Path
) -> None:
    """The founding complaint: a scraper with its own `producers/` or `contracts/` could not import ours."""
    articles = [article(number) for number in (2, 3)]
    done = json.loads(
        client.run("python", "scrape.py", running.url, *PACKAGES, folder=project, input=json.dumps(articles))
    )
    assert done["own"] == done["own_again"] == {name: f"the project has its own {name}" for name in PACKAGES}
    assert Path(done["khabar"]) == client.site / "khabar" / "__init__.py"
    for sent in articles:
        assert done["texts"][sent["id"]] == f"{sent['title']}\n\n{sent['body']}"
