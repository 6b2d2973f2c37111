"""examples/newsroom, which docs/how-to/extending.md explains: built, installed and run; what is refused is one sentence."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from khabar.errors import Exit
from khabar.keys.names import EVENT_FIELD, Names
from khabar.messages.envelope import EventType, event_bytes
from khabar.messages.record import Record
from tests.acceptance.service import khabar
from tests.broker import Broker
from tests.examples.shell import copied, run
from tests.packages import fetch, install

FAST = {"KHABAR_RECOGNIZER": "fast"}
FEW = {"KHABAR_LAYERS": "paragraphs"}  # where a source is on trial, the layers are not
FEED = """<?xml version="1.0"?>
<news><nitf><body><hl1>زيارة</hl1><p>وصل الوزير إلى بغداد اليوم.</p></body></nitf>
<nitf><body><hl1>أسعار</hl1><p>لن ترتفع الأسعار هذا العام.</p></body></nitf></news>
"""
# An extractor whose value, schema and place are the test's.
EXTRACTOR = """
from pydantic import TypeAdapter
from khabar.extractors.base import Extractor


class Fixed(Extractor):
    layer = {layer!r}
    requires = {requires!r}
    schema = TypeAdapter(dict[str, int])

    def extract(self, document):
        return {value}


def extractor():
    return Fixed()
"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the example is installed, with a copy of it in `project`."""
    folder = tmp_path_factory.mktemp("newsroom")
    copied("newsroom", folder).rename(folder / "project")
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    target = ["--no-deps", "--target", str(folder / "installed"), str(folder / "project")]
    done = fetch(Path(sys.executable), *isolation, *target)
    if done.returncode and not isolation and "hatchling" in done.stdout + done.stderr:
        pytest.skip("hatchling is not installed, and no package index is reachable")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def extended(newsroom: Path) -> dict[str, Any]:
    """A record that is made where the package is installed."""
    return _extract(newsroom / "installed")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Valkey of this test's own."""
    running = Broker(tmp_path / "valkey").start()
    yield running
    running.kill()


def _with(*folders: Path, **settings: str) -> dict[str, str]:
    return FAST | {"PYTHONPATH": os.pathsep.join(map(str, folders))} | settings


def _extract(*folders: Path, **settings: str) -> dict[str, Any]:
    article = json.dumps({"id": "a", "body": "قال الوزير في بغداد إن ذلك صحيح."})
    done = khabar("extract", "-", input=article, env=_with(*folders, **settings))
    assert done.returncode == Exit.OK, done.stderr
    record: dict[str, Any] = json.loads(done.stdout)
    return record


def _fixed(folder: Path, name: str, layer: str, *, value: str = "{}", requires: tuple[str, ...] = ()) -> Path:
    source = EXTRACTOR.format(layer=layer, value=value, requires=requires)
    module = name.replace("-", "_")
    return install(
        folder / name,
        name,
        modules={module: source},
        points={"khabar.extractors": {layer: f"{module}:extractor"}},
    )


def test_the_layer_of_an_installed_package_is_in_the_record(newsroom: Path) -> None:
    """One file, one line, one case file, and nothing of khabar is touched."""
    env = _with(newsroom / "installed")
    printed, _ = run("newsroom", newsroom / "project", env=env, instead={})
    records = [json.loads(line) for line in printed.splitlines()]
    assert len(records) == len((newsroom / "project" / "cases.jsonl").read_text(encoding="utf-8").splitlines())
    for record in records:
        assert record["custom"] == {"countries": record["article"]["extra"]["expect"]}
        assert record["provenance"]["models"]["custom.countries"] == "newsroom 1.0"
        assert record["provenance"]["models"]["custom.countries.rules"] == "2"
        assert list(record)[-3:] == ["failures", "custom", "provenance"]


def test_an_installed_package_changes_no_layer_of_khabar(extended: dict[str, Any]) -> None:
    """Consumers who do not know the package see what they saw before."""
    before = _extract()
    assert "custom" not in before
    left_out = ("custom", "outcome_id", "provenance")  # the id is made of the provenance too
    assert {key: value for key, value in extended.items() if key not in left_out} == {
        key: value for key, value in before.items() if key not in left_out
    }


def test_layers_of_packages_can_be_chosen(newsroom: Path) -> None:
    """They cost time as others do; what they require is computed and not published."""
    installed = newsroom / "installed"
    assert "custom" not in _extract(installed, KHABAR_LAYERS="tokens")
    only = _extract(installed, KHABAR_LAYERS="countries")
    assert only["custom"] == {"countries": {"IQ": 1}}
    assert "entities" not in only


def test_the_schema_of_a_packages_layer_is_published(newsroom: Path, extended: dict[str, Any], tmp_path: Path) -> None:
    """A consumer validates the whole record, the layer included."""
    done = khabar("schema", str(tmp_path), env=_with(newsroom / "installed"))
    assert done.returncode == Exit.OK, done.stderr
    schemas = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.schema.json")}
    layer = schemas["custom.countries.schema.json"]
    assert layer["additionalProperties"] == {"type": "integer"}
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()]
    )
    validator = Draft202012Validator(schemas["record.schema.json"], registry=registry)
    validator.validate(extended)
    assert not validator.is_valid(extended | {"custom": {"countries": {"IQ": "one"}}})
    asyncapi = json.loads((tmp_path / "asyncapi.json").read_text(encoding="utf-8"))
    reference = asyncapi["components"]["schemas"]["custom.countries"]["schema"]["$ref"]
    assert (tmp_path / reference).is_file()


def test_a_packages_source_is_read_by_ending_and_by_beginning(newsroom: Path, tmp_path: Path) -> None:
    """A person names a file, and nothing else, as for khabar's own formats."""
    files = [tmp_path / name for name in ("news.nitf", "news")]
    for file in files:
        file.write_text(FEED, encoding="utf-8")
    done = khabar("extract", *map(str, files), env=_with(newsroom / "installed", **FEW))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["article"]["title"] for record in records] == ["زيارة", "أسعار"] * 2


def test_a_packages_source_can_be_named(newsroom: Path) -> None:
    """On standard input nothing else may tell; without the package the name is unknown."""
    named = khabar("extract", "--format", "nitf", "-", input=FEED, env=_with(newsroom / "installed", **FEW))
    assert len(named.stdout.splitlines()) == 2
    unknown = khabar("extract", "--format", "nitf", "-", input=FEED, env=FAST)
    assert unknown.returncode == Exit.USAGE
    assert (
        unknown.stderr
        == "khabar: there is no format 'nitf'; there are csv, feed, html, json, jsonl, parquet, text, warc, xml\n"
    )


@pytest.mark.parametrize("sink", ["sqlite", "jsonl"])
def test_a_sink_has_each_event_once(
    newsroom: Path, broker: Broker, extended: dict[str, Any], tmp_path: Path, sink: str
) -> None:
    """What was not acknowledged comes again: here all of it does, for a second group writes into the same target."""
    target = tmp_path / "target"
    record = Record.model_validate(extended)
    client = broker.client()
    for number in range(3):
        event = event_bytes(EventType.RECORD, record, event_id=f"e{number}", subject="a")
        client.xadd(Names().records, {EVENT_FIELD: event})
    client.close()
    for group in ("first", "second"):
        done = khabar(
            *("records", "--group", group, "--sink", sink, "--to", str(target), "--redis-url", broker.url),
            env=_with(newsroom / "installed"),
        )
        made = f"group {group} made: from now on records wait for it; `khabar groups detach {group}` ends that\n"
        assert (done.returncode, done.stderr, done.stdout) == (Exit.OK, made, "")
    if sink == "sqlite":
        rows = sqlite3.connect(target).execute("SELECT id, record FROM records ORDER BY id").fetchall()
        kept = {key: json.loads(value) for key, value in rows}
    else:
        events = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
        assert len(events) == 3
        kept = {event["id"]: event["data"] for event in events}
    assert kept == {f"e{number}": json.loads(record.model_dump_json()) for number in range(3)}


def test_two_packages_with_one_layer_stop_the_start(newsroom: Path, tmp_path: Path) -> None:
    """Which of the two ran would depend on the order of folders."""
    other = _fixed(tmp_path, "other-room", "countries")
    done = khabar("extract", "-", input="نص", env=_with(newsroom / "installed", other))
    assert done.returncode == Exit.USAGE
    assert done.stderr == (
        "khabar: package other-room 1.0: its extractor 'countries' is registered by newsroom 1.0 too; uninstall one of the two\n"
    )


def test_a_layer_that_nobody_makes_stops_the_start(newsroom: Path) -> None:
    """A misspelt setting must not silence a layer; the sentence lists what there is."""
    done = khabar(
        "extract", "-", input="نص", env=_with(newsroom / "installed", KHABAR_LAYERS="tokens,topiks,countries")
    )
    assert done.returncode == Exit.USAGE
    assert "unknown layers ['topiks']; there are paragraphs, sentences, tokens, entities" in done.stderr
    assert "pos (with Farasa's jars), countries (of newsroom 1.0)" in done.stderr


def test_a_wrong_value_costs_its_layer_and_not_the_record(tmp_path: Path) -> None:
    """A package's fault must not lose an article, nor reach a consumer who trusts the schema."""
    record = _extract(_fixed(tmp_path, "wrong-room", "land", value='{"IQ": "one"}'))
    assert "custom" not in record
    assert record["entities"]
    (failure,) = record["failures"]
    assert failure == {
        "extractor": "land",
        "error": "UnfitValue: the value does not fit the layer's schema: int_type",
    }
