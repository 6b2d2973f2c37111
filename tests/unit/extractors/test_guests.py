"""Extractors of other packages: what of them reaches the record, and what stops the start."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

import khabar.extractors
from khabar.engines.base import Engine
from khabar.errors import Exit, InvalidSettings, UnusablePlugin
from khabar.extractors.registry import load
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.pipeline import Pipeline
from khabar.settings import load_settings
from tests.packages import install

ARTICLE = Article(id="a", title="زيارة", body="قال الوزير في بغداد «إن ذلك صحيح».", tags=["سياسة"], extra={"x": [1]})
HEADER = """
from typing import Any
from pydantic import BaseModel, TypeAdapter
from khabar.extractors.base import Extractor
from khabar.text.layers import ENTITIES, LINKS, Layer


class Place(BaseModel):
    name: str
    at: tuple[int, int]
    seen: Any = None
"""
FOOTER = """

def extractor():
    return Guest()
"""
LOOP = "value = []; value.append(value); return value"
DEEP = "value = 1\n        for _ in range(101): value = [value]\n        return value"

Guests = Callable[..., Path]


@pytest.fixture
def guests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guests:
    """Return a function that installs a package whose extractor of the layer `land` has this body."""

    def add(
        body: str,
        *,
        name: str = "guest",
        version: str = "1.0",
        layer: str = "land",
        schema: str = "TypeAdapter(Any)",
        attributes: str = "",
        source: str | None = None,
    ) -> Path:
        guest = f"class Guest(Extractor):\n    layer = {layer!r}\n    schema = {schema}\n    {attributes}\n"
        guest += f"    def extract(self, document):\n        {body}\n"
        module = f"{name}_{abs(hash((tmp_path, version)))}"
        folder = install(
            tmp_path / f"{name}-{version}",
            name,
            version=version,
            modules={module: HEADER + guest + FOOTER if source is None else source},
            points={"khabar.extractors": {layer: f"{module}:extractor"}},
        )
        monkeypatch.syspath_prepend(folder)
        return folder

    return add


def _record(engine: Engine, *layers: str) -> Record:
    return Pipeline(engine, load(layers or None), layers or None, version="0")(ARTICLE)


def test_json_and_models_go_into_custom_with_sorted_keys(engine: Engine, guests: Guests) -> None:
    """The same article must give the same bytes, whatever order the package put its keys in."""
    guests(
        "return {'b': [Place(name='بغداد', at=(18, 23))], 'a': []}",
        schema="TypeAdapter(dict[str, list[Place]])",
    )
    record = _record(engine, "land")
    assert record.failures == []
    assert orjson.dumps(record.custom) == ('{"land":{"a":[],"b":[{"at":[18,23],"name":"بغداد","seen":null}]}}'.encode())
    assert orjson.loads(record_bytes(record))["custom"] == record.custom


def test_a_layer_that_is_left_out_is_absent(engine: Engine, guests: Guests) -> None:
    """Absent, not empty: and `custom` with it where it holds nothing else."""
    guests("return None")
    assert b'"custom"' not in record_bytes(_record(engine, "land"))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("return {'a', 'b'}", "the value cannot be written as JSON"),
        ("return Place(name='x', at=(1, 2), seen={1})", "the value cannot be written as JSON"),
        ("return object()", "the value cannot be written as JSON"),
        ("return {1: 2}", "the value cannot be written as JSON"),
        ("return 1 << 64", "the value cannot be written as JSON"),
        ("return chr(0xd800)", "the value cannot be written as JSON"),
        (LOOP, "the value cannot be written as JSON"),
        (
            "value = 1\n        for _ in range(101): value = [value]\n        return value",
            "the value is nested more than 100 deep",
        ),
    ],
)
def test_what_is_no_json_costs_the_layer(engine: Engine, guests: Guests, body: str, error: str) -> None:
    """Found while the record is written, it would cost the record."""
    guests(body)
    record = _record(engine, "land", "entities")
    assert record.custom is None
    assert record.entities
    assert [failure.extractor for failure in record.failures] == ["land"]
    assert record.failures[0].error == f"UnfitValue: {error}"


@pytest.mark.parametrize(
    ("value", "error"), [("float('nan')", "float_type"), ("'1.5'", "float_type"), ("{'سر': 1}", "float_type")]
)
def test_what_does_not_fit_the_schema_costs_the_layer(engine: Engine, guests: Guests, value: str, error: str) -> None:
    """A consumer trusts the schema; JSON has no NaN, and the failure tells no word of the article."""
    guests(f"return {value}", schema="TypeAdapter(float)")
    (failure,) = _record(engine, "land").failures
    assert failure.error == f"UnfitValue: the value does not fit the layer's schema: {error}"


def test_an_error_costs_the_layer(engine: Engine, guests: Guests) -> None:
    """As one of khabar's own does, its message left out."""
    guests("raise ValueError(document.raw)")
    (failure,) = _record(engine, "land").failures
    assert failure.error.startswith("ValueError at guest_")
    assert failure.error.isascii()


def test_nothing_that_is_done_to_the_document_reaches_the_record(engine: Engine, guests: Guests) -> None:
    """A layer's consumers trust who makes it; the guest runs first, so that khabar's own extractors would read what it left."""
    before = _record(engine)
    guests(
        """
        for entity in document.require(ENTITIES):
            entity.mentions.clear()
        document.require(ENTITIES).clear()
        for table in (document.tokens, document.sentences, document.paragraphs):
            for column in table.__slots__:
                getattr(table, column).clear()
        document.article.tags.append("x")
        document.article.extra["x"].append(2)
        document.normalized.late_ends.clear()
        document.flags.add("x")
        document.layers["quotations"] = document.layers["links"] = []
        document.shared.clear()
        document.raw = document.body_start = document.language = None
        return {}""",
        layer="aaa",
        attributes='requires = ("entities",)',
    )
    after = _record(engine)
    assert after.failures == []
    assert after.custom == {"aaa": {}}
    changed = {"custom": None, "provenance": before.provenance}
    assert record_bytes(after.model_copy(update=changed)) == record_bytes(before)


def test_only_declared_layers_are_there(engine: Engine, guests: Guests) -> None:
    """Whether another layer is there already depends on the order of extractors."""
    guests("return sorted(document.layers)", attributes='uses = ("links", "hashtags", "none")', layer="zzz")
    assert _record(engine).custom == {"zzz": ["hashtags", "links"]}


def test_what_a_guest_requires_must_not_have_failed(engine: Engine, guests: Guests) -> None:
    """As for khabar's own extractors."""
    guests("raise ValueError", layer="first")
    guests("return 1", layer="second", name="other", attributes='requires = ("first",)')
    assert [failure.error for failure in _record(engine, "second").failures][1:] == ["requires first, which failed"]


def test_the_package_is_in_provenance_and_version(engine: Engine, guests: Guests) -> None:
    """Another version of the package is another outcome; no name of its models can stand for one of khabar's."""
    guests("return 1", attributes='models = {"entities": "7"}', version="1.0")
    first = Pipeline(engine, load(), version="0")
    guests("return 1", attributes='models = {"entities": "7"}', version="1.1")
    second = Pipeline(engine, load(), version="0")
    models = first(ARTICLE).provenance.models
    assert models["entities"].startswith("fast")
    assert (models["custom.land"], models["custom.land.entities"]) == ("guest 1.0", "7")
    assert "custom.land=guest 1.0;custom.land.entities=7" in first.version
    assert "custom.land=guest 1.1" in second.version


@pytest.mark.parametrize(
    ("guest", "sentence"),
    [
        ({"layer": "entities"}, "its extractor 'entities' has the same name as a part of khabar"),
        ({"layer": "quality"}, "its extractor 'quality' has the same name as a part of khabar"),
        ({"layer": "pos"}, "its extractor 'pos' has the same name as a part of khabar"),
        ({"layer": "Land"}, "its extractor 'Land' must have a name of a-z"),
        ({"source": "import nowhere"}, "cannot be built from guest_"),
        ({"source": "def extractor():\n    return 1 / 0"}, "(ZeroDivisionError: division by zero)"),
        (
            {"source": "def extractor():\n    return 5"},
            "its extractor 'land' is of type int, not khabar.extractors.base.Extractor",
        ),
        ({"schema": "None"}, "its extractor 'land' has no `schema`"),
        ({"schema": "dict[str, int]"}, "its extractor 'land' has no `schema`"),
        ({"schema": "TypeAdapter(type(len))"}, "its extractor 'land' "),
        ({"attributes": "layer = 'sea'"}, "its extractor 'land' fills the layer 'sea'"),
        ({"attributes": "requires = ('sea',)"}, "the extractor of 'land' requires sea, and no extractor fills that"),
        ({"attributes": "requires = ('land',)"}, "extractors wait for one another: land"),
    ],
)
def test_what_cannot_work_stops_the_start_with_one_sentence(
    guests: Guests, guest: dict[str, str], sentence: str
) -> None:
    """Found at the first article, it would cost every article its layer."""
    guests("return 1", **guest)
    with pytest.raises(UnusablePlugin) as caught:
        load()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code is Exit.USAGE
    if "wait" not in sentence:
        assert str(caught.value).startswith("package guest 1.0: ")


def test_two_packages_with_one_layer_are_refused_whoever_comes_first(guests: Guests) -> None:
    """Which of them ran would depend on the order of folders."""
    guests("return 1", name="one")
    guests("return 2", name="two", version="3")
    with pytest.raises(
        UnusablePlugin, match=r"^package two 3: its extractor 'land' is registered by one 1.0 too; uninstall"
    ):
        load()


def test_a_package_that_is_not_wanted_is_not_imported(engine: Engine, guests: Guests) -> None:
    """Its models would cost every start; and a broken one can be left out until it is mended."""
    guests("return 1", source="raise SystemError")
    assert _record(engine, "links").custom is None


def test_a_file_that_fills_no_layer_of_the_record_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It ran on every article, and its result was thrown away without a word."""
    (tmp_path / "sentiment.py").write_text("")
    monkeypatch.setattr(khabar.extractors, "__path__", [*khabar.extractors.__path__, str(tmp_path)])
    with pytest.raises(UnusablePlugin, match=r"khabar/extractors/sentiment.py fills no layer of the record"):
        load(["links"])


def test_settings_know_the_layers_of_packages(guests: Guests) -> None:
    """Each is named with its package, so that a person sees what there is."""
    with pytest.raises(
        InvalidSettings, match=r"unknown layers \['land'\]; there are paragraphs, .*\(with Farasa's jars\)$"
    ):
        load_settings(layers="tokens,land")
    guests("return 1")
    assert load_settings(layers="tokens,land").layers == ("tokens", "land")
    with pytest.raises(InvalidSettings, match=r"unknown layers \['summary'\]; .*, land \(of guest 1.0\)$"):
        load_settings(layers="summary")
