"""`khabar.extract` and `khabar.open_pipeline`: what they take, what they give, what they refuse."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import khabar
import khabar.cli
from khabar.errors import Code
from khabar.library import OpenPipeline
from khabar.messages.article import parse_article
from khabar.pipeline.assemble import record_bytes
from khabar.sources.text import split_title
from tests.articles import article

SAMPLES = Path(khabar.cli.__file__).parent / "samples"
TEXT = "وصول الوفد\n\nوصل وزير الخارجية المصري سامح شكري إلى بغداد يوم الاثنين."


def test_a_text_is_the_whole_text_as_it_stands(fast: OpenPipeline) -> None:
    """Nothing in a string says that its first line is a title; offsets must count in what the caller holds."""
    record = fast(TEXT)
    assert record.text == TEXT
    assert record.article.title is None
    assert [TEXT[name.start : name.end] for entity in record.entities or () for name in entity.mentions] == [
        "سامح شكري",
        "بغداد",
    ]


def test_a_text_that_could_be_json_is_a_text(fast: OpenPipeline) -> None:
    """What is in a text must not decide how it is read."""
    text = json.dumps({"text": "خبر عاجل من بغداد"}, ensure_ascii=False)
    assert fast(text).text == text


def test_text_item_json_and_article_give_the_same_record(fast: OpenPipeline) -> None:
    """There is one way to read an article, whatever it comes in."""
    item = {"text": TEXT}
    forms = [TEXT, item, json.dumps(item).encode(), parse_article(item)]
    assert len({record_bytes(fast(form)) for form in forms}) == 1


@pytest.mark.parametrize(
    ("item", "code", "field"),
    [
        (" \n", Code.NO_TEXT, "body"),
        ("The minister arrived in Baghdad on Monday.", Code.NOT_ARABIC, "text"),
        ({"text": 5}, Code.WRONG_TYPE, "text"),
        ({"tekst": "خبر"}, Code.NO_TEXT, None),
        (b"nonsense", Code.INVALID_JSON, None),
        (b"[]", Code.NOT_AN_OBJECT, None),
        ("خبر \ud800", Code.UNDECODABLE, "body"),
        (khabar.Article(id="a", body="…"), Code.NO_TEXT, "text"),
    ],
)
def test_what_can_have_no_record_is_refused_with_its_reason(
    fast: OpenPipeline, item: object, code: Code, field: str | None
) -> None:
    """A caller decides by code and field, as a consumer does by those of a rejection."""
    with pytest.raises(khabar.RejectedArticle) as caught:
        fast(item)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize("item", [None, 5, ["خبر"], Path("article.txt")])
def test_what_is_no_article_at_all_is_a_type_error(fast: OpenPipeline, item: object) -> None:
    """A mistake of the caller is no article's fault."""
    with pytest.raises(TypeError, match=f"not of type {type(item).__name__}"):
        fast(item)  # type: ignore[arg-type]


def test_an_article_over_the_size_limit_is_refused() -> None:
    """Whoever extracts what strangers send needs a limit."""
    with (
        khabar.open_pipeline(layers=["tokens"], max_bytes=1_000) as pipeline,
        pytest.raises(khabar.RejectedArticle, match="the limit is 1,000"),
    ):
        pipeline("خبر " * 1_000)


def test_the_records_are_those_of_the_command() -> None:
    """Whoever tries an article on the command line must get the same from the library, byte for byte, the line's id aside."""
    paths = [SAMPLES / "scraped.jsonl", SAMPLES / "article.txt"]
    done = subprocess.run([sys.executable, "-m", "khabar", "extract", *paths], capture_output=True, check=True)
    items: list[Any] = [*paths[0].read_bytes().splitlines(), split_title(paths[1].read_text(encoding="utf-8"))]
    lines = []
    for item in items:
        try:
            lines.append(record_bytes(khabar.extract(item)))
        except khabar.RejectedArticle as error:
            lines.append(error.code.encode())
    printed = [re.sub(rb'^{"outcome_id":"[0-9a-f]{32}",', b"{", line) for line in done.stdout.splitlines()]
    expected = [json.loads(line).get("code", "").encode() or line for line in printed]
    assert lines == expected


def test_only_the_wanted_layers_are_made() -> None:
    """Layers cost time and memory; an absent one is absent."""
    with khabar.open_pipeline(layers={"tokens", "links"}) as pipeline:
        record = json.loads(record_bytes(pipeline(TEXT)))
    assert {"tokens", "links"} <= set(record)
    assert {"sentences", "entities", "quality"}.isdisjoint(record)


def test_arguments_that_cannot_be_used_are_all_named() -> None:
    """By the caller's own names: no setting of a deployment is at fault."""
    with pytest.raises(khabar.KhabarError) as caught:
        khabar.open_pipeline(layers=["tokns"], recognizer="best")  # type: ignore[arg-type]
    assert "layers: unknown layers ['tokns']" in str(caught.value)
    assert "recognizer: " in str(caught.value)
    assert "KHABAR_" not in str(caught.value)


def test_the_settings_of_a_deployment_have_no_say(python: Callable[..., str]) -> None:
    """A notebook beside a deployment must not fail because of its broker, nor lose layers."""
    code = f"import khabar; print(khabar.extract({TEXT!r}).model_dump_json())"
    settings = {"KHABAR_LAYERS": "tokens", "KHABAR_REDIS_URL": "nonsense", "KHABAR_RECOGNIZER": "nonsense"}
    assert python(code, **settings) == khabar.extract(TEXT).model_dump_json()


def test_a_missing_model_is_one_sentence(tmp_path: Path) -> None:
    """A traceback from inside a loader helps nobody."""
    (tmp_path / "file").touch()
    with pytest.raises(khabar.KhabarError, match="name another directory"):
        khabar.open_pipeline(cache_dir=tmp_path / "file" / "cache")


def test_missing_weights_are_one_sentence(python: Callable[..., str]) -> None:
    """They are a distribution of their own, so they can be missing."""
    code = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name == "khabar.models":
            raise ModuleNotFoundError("No module named 'khabar.models'", name=name)
sys.meta_path.insert(0, Blocker())
import khabar
try:
    khabar.open_pipeline()
except khabar.KhabarError as error:
    print(error)
"""
    assert python(code).endswith("are not installed; run: pip install khabar-models")


def test_articles_do_not_change_one_another(fast: OpenPipeline) -> None:
    """A pipeline that is kept for a process must be as good as a fresh one."""
    first = record_bytes(fast(article(0)))
    for number in range(1, 5):
        fast(article(number))
    assert record_bytes(fast(article(0))) == first
