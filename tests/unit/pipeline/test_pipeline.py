"""The pipeline as a whole: layers, failures, version, bytes."""

import gc
import json
from datetime import UTC, datetime

import orjson
import pytest

import khabar.text.layers
from khabar.engines.base import Engine
from khabar.errors import ArticleTimedOut, Code, Exit, InvalidSettings, RejectedArticle, UnusablePlugin
from khabar.extractors.base import Extractor
from khabar.extractors.registry import in_order, load, names
from khabar.limits import MOST_TOKENS
from khabar.messages.article import Article
from khabar.messages.record import LAYERS, OPTIONAL_LAYERS, Record
from khabar.pipeline.assemble import BUILT_LAYERS, record_bytes
from khabar.pipeline.pipeline import Pipeline
from khabar.text.document import Document
from khabar.text.layers import LINKS, Layer

ARTICLE = Article(id="a", title="عنوان الخبر", body="قال الوزير في #الرياض إن ذلك سر. وأضاف شيئا")


class _Fixed(Extractor):
    def __init__(self, layer: str, value: object, requires: tuple[str, ...] = (), models: dict[str, str] | None = None):
        self.layer, self.requires, self.models = layer, requires, models or {}
        self._value = value

    def extract(self, document: Document) -> object:
        if isinstance(self._value, BaseException):
            raise self._value
        return self._value


def test_a_failing_extractor_costs_its_layer_and_tells_no_word_of_the_article(engine: Engine) -> None:
    """One bad rule must not lose an article, and failures travel into logs where the article must not be."""
    broken = _Fixed("quotations", KeyError("سر"))
    record = Pipeline(engine, [broken, *load(["hashtags"])], version="1")(ARTICLE)
    assert record.quotations is None
    assert record.hashtags
    assert [failure.extractor for failure in record.failures] == ["quotations"]
    assert record.failures[0].error.startswith("KeyError at test_pipeline.py:")
    assert record.failures[0].error.isascii()
    assert b'"quotations"' not in record_bytes(record).replace(b'"extractor":"quotations"', b"")


def test_what_requires_a_failed_layer_fails_too(engine: Engine) -> None:
    """Speakers without entities would be half a truth."""
    extractors = [_Fixed("quotations", [], requires=("entities",)), _Fixed("entities", ValueError())]
    record = Pipeline(engine, extractors, version="1")(ARTICLE)
    assert [failure.extractor for failure in record.failures] == ["entities", "quotations"]
    assert record.failures[1].error == "requires entities, which failed"


def test_what_uses_a_failed_layer_runs_without_it(engine: Engine) -> None:
    """A count is a count also where the dates are missing."""
    counts = _Fixed("quantities", [])
    counts.uses = ("temporal", "entities")
    record = Pipeline(engine, [counts, _Fixed("temporal", ValueError())], layers=["quantities"], version="1")(ARTICLE)
    assert [failure.extractor for failure in record.failures] == ["temporal"]
    assert record.quantities == []


def test_the_time_limit_of_an_article_ends_the_article(engine: Engine) -> None:
    """Swallowed as the failure of one layer, the article would run on past its limit."""
    pipeline = Pipeline(engine, [_Fixed("links", ArticleTimedOut())], version="1")
    with pytest.raises(ArticleTimedOut):
        pipeline(ARTICLE)


def test_a_text_of_too_many_tokens_is_refused_for_its_shape(engine: Engine) -> None:
    """A megabyte of `1-` takes a minute and most of a worker's memory; no news has as many words and marks."""
    article = Article(id="list", body="قال الوزير إن العمل بدأ في المدينة. " + "1-" * (MOST_TOKENS // 2))
    with pytest.raises(RejectedArticle, match=r"has 200,008 tokens and the limit is 200,000") as refused:
        Pipeline(engine, [], version="1")(article)
    assert refused.value.code is Code.TOO_LARGE


def test_only_the_wanted_layers_are_present_and_what_they_require_is_computed(engine: Engine) -> None:
    """An absent layer is absent, not empty; a layer may need one that the deployment did not ask for."""
    extractors = [_Fixed("quotations", [], requires=("entities",)), _Fixed("entities", []), _Fixed("links", [])]
    record = Pipeline(engine, extractors, layers=["quotations", "tokens"], version="1")(ARTICLE)
    keys = set(json.loads(record_bytes(record)))
    always = {"schema_version", "fingerprint", "article", "language", "text", "failures", "provenance"}
    assert keys == always | {"quotations", "tokens"}


def test_a_layer_that_nobody_knows_is_refused_at_once(engine: Engine) -> None:
    """A misspelt setting must stop the start, not silence a layer."""
    with pytest.raises(InvalidSettings, match="unknown layers \\['token'\\]; there are paragraphs, "):
        Pipeline(engine, [], layers=["token"], version="1")


def test_a_layer_that_no_extractor_makes_is_refused_at_once(engine: Engine) -> None:
    """Asked for by name and absent from every record, it would look like a failure without a word."""
    with pytest.raises(InvalidSettings, match="unknown layers \\['entities'\\]"):
        Pipeline(engine, [_Fixed("links", [])], layers=["entities", "links"], version="1")


def test_the_contract_names_what_is_made() -> None:
    """A layer in the contract that nobody makes is a promise to consumers that nobody keeps."""
    assert set(LAYERS) == BUILT_LAYERS | set(names())
    assert {*LAYERS, *OPTIONAL_LAYERS} <= Record.model_fields.keys()


def test_every_layer_of_an_extractor_has_a_typed_key() -> None:
    """Without one, whoever reads the layer has to cast."""
    keys = {key.name for key in vars(khabar.text.layers).values() if isinstance(key, Layer)}
    assert keys == {*names(), *OPTIONAL_LAYERS}


def test_a_layer_reads_back_with_its_type(pipeline: Pipeline) -> None:
    """`get` says None where a layer is missing; `require` does not return."""
    document = Document.of(ARTICLE)
    assert document.get(LINKS) is None
    with pytest.raises(LookupError, match="'links'"):
        document.require(LINKS)
    document.layers["links"] = []
    assert document.get(LINKS) == document.require(LINKS) == []


@pytest.mark.parametrize(
    ("extractors", "message"),
    [
        ([_Fixed("links", []), _Fixed("links", [])], "two extractors"),
        ([_Fixed("links", [], requires=("entities",))], "'links' requires entities, and no extractor fills"),
        ([_Fixed("summary", [])], "'summary', which no record has"),
        (
            [_Fixed("links", [], requires=("entities",)), _Fixed("entities", [], requires=("links",))],
            "wait for one another: ",
        ),
    ],
)
def test_extractors_that_do_not_fit_together_are_refused(extractors: list[Extractor], message: str) -> None:
    """Found by name means that nobody lists them: the registry has to check."""
    with pytest.raises(UnusablePlugin, match=message) as caught:
        in_order(extractors)
    assert caught.value.exit_code is Exit.USAGE


def test_every_module_of_the_package_is_found() -> None:
    """A plug-in is one file, registered nowhere."""
    assert {"hashtags", "links"} <= set(names())
    assert {extractor.layer for extractor in load()} >= {"hashtags", "links"}


def test_the_version_names_all_that_decides_the_bytes(engine: Engine) -> None:
    """The record's id is made of it: another model or layer set must give another id."""
    extractors = [_Fixed("links", [], models={"links": "3"}), _Fixed("entities", [], models={"ner": "7"})]
    assert Pipeline(engine, extractors, version="0.1.0").version == "0.1.0;identity 1;links=3;ner=7"
    narrow = Pipeline(engine, extractors, layers=["tokens", "links"], version="0.1.0")
    assert narrow.version == "0.1.0;identity 1;links=3;layers=links,tokens"


def test_the_bytes_are_plain_utf8_and_read_back(pipeline: Pipeline) -> None:
    """Consumers in any language read them: no escapes, nulls kept inside, times with their offset."""
    article = ARTICLE.model_copy(update={"published_at": datetime(2018, 12, 27, 9, 30, tzinfo=UTC)})
    record = pipeline(article)
    data = record_bytes(record)
    assert "الوزير".encode() in data
    assert rb"\u06" not in data
    assert orjson.loads(data)["article"]["published_at"] == "2018-12-27T09:30:00+00:00"
    assert orjson.loads(data)["article"]["url"] is None
    assert Record.model_validate_json(data) == record
    assert record_bytes(pipeline(article)) == data


def test_an_article_without_a_title_is_its_body(pipeline: Pipeline) -> None:
    """Offsets of a plain-text file are offsets in the file."""
    assert pipeline(Article(id="a", body=ARTICLE.body)).text == ARTICLE.body


def test_nothing_of_an_article_waits_for_the_garbage_collector(engine: Engine) -> None:
    """What layers share knew the document, so each article's stayed until a collection; 360 objects of an ordinary one."""
    pipeline = Pipeline(engine, load(["quotations"]), version="0.0.0")
    pipeline(ARTICLE)
    gc.collect()
    gc.disable()
    try:
        pipeline(ARTICLE)
        assert not [found for found in gc.get_objects() if isinstance(found, Document)]
    finally:
        gc.enable()
