"""Entities: names in clean and dirty sentences, with Farasa's segments, as the service runs them."""

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import khabar.cli
from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.extractors.entities import extractor
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.pipeline import Pipeline
from tests.identity_engine import IdentityEngine

CASES = Path(__file__).parent / "cases" / "entities.jsonl"
SAMPLE = Path(khabar.cli.__file__).parent / "samples" / "article.txt"


def _cases() -> list[dict[str, Any]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def fast() -> Pipeline:
    return Pipeline(FarasaEmbedded(), [extractor()], ["entities"], version="0.0.0")


def _mentions(record: Record) -> list[tuple[int, int, str, str]]:
    """Return start, end, type and text of the mentions in text order."""
    assert record.entities is not None
    return sorted(
        (mention.start, mention.end, entity.type, mention.text)
        for entity in record.entities
        for mention in entity.mentions
        if mention.kind == "name"
    )


def _names(record: Record) -> list[list[str]]:
    return [[kind, text] for _, _, kind, text in _mentions(record)]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["why"])
def test_names(fast: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/entities.jsonl: type and text of every mention by name, in text order."""
    assert _names(fast(Article(id="a", body=case["text"]))) == case["expect"]


def test_ids_follow_the_text(fast: Pipeline) -> None:
    """e1 is the entity that the text names first; mentions repeat the text and never overlap."""
    text = "زار وزير الخارجية المصري سامح شكري الأردن. وقال شكري إن مصر والأردن متفقان."
    record = fast(Article(id="a", body=text))
    assert record.entities is not None
    assert [entity.id for entity in record.entities] == [f"e{number}" for number in range(1, len(record.entities) + 1)]
    firsts = [entity.mentions[0].start for entity in record.entities]
    assert firsts == sorted(firsts)
    mentions = _mentions(record)
    assert all(text[start:end] == found for start, end, _, found in mentions)
    assert all(one[1] <= other[0] for one, other in pairwise(mentions))


def test_one_place_under_two_spellings_is_one_entity(fast: Pipeline) -> None:
    """A hamza left out or a proclitic before it makes no second entity."""
    record = fast(Article(id="a", body="وصل الوفد إلى الأردن أمس. وغادر الاردن اليوم متوجها إلى مصر."))
    assert record.entities is not None
    assert [(entity.type, len(entity.mentions)) for entity in record.entities if "ردن" in entity.name] == [("LOC", 2)]


def test_the_organisations_of_the_sample_are_found(fast: Pipeline) -> None:
    """A recognizer trained on older news finds one of its eighteen mentions; no mention of the forces is a place."""
    title, body = SAMPLE.read_text(encoding="utf-8").split("\n\n", 1)
    found = _names(fast(Article(id="sample", title=title, body=body)))
    organisations = {text for kind, text in found if kind == "ORG"}
    assert {"قوات سوريا الديمقراطية", "#قوات_سوريا_الديمقراطية"} & organisations
    assert any("داعش" in text for text in organisations)
    assert any("المرصد" in text for text in organisations)


@pytest.mark.parametrize(
    ("plain", "dirty"),
    [
        ("قال الرئيس عبد الفتاح السيسي في القاهرة", "قَالَ الرَّئِيسُ عَبْدُ الفَتَّاحِ السِّيسِيّ فِي القَاهِرَة"),
        ("زار وزير الخارجية مدينة جدة", "زار وزيـــر الخارجيـة مدينـة جــدة"),
        ("وصل الوفد إلى الرياض اليوم", "وصل\u00a0الوفد\u200f إلى\u00a0الرياض\u200e اليوم"),
    ],
    ids=["diacritics", "tatweel", "no-break spaces and bidi marks"],
)
def test_dirt_moves_offsets_alone(fast: Pipeline, plain: str, dirty: str) -> None:
    """What normalization drops is no evidence."""
    one, other = (fast(Article(id="a", body=text)).entities for text in (plain, dirty))
    assert one and other
    assert [(entity.type, entity.name) for entity in one] == [(entity.type, entity.name) for entity in other]


def test_without_segments_names_are_still_found() -> None:
    """Another engine may cut nothing; the network has the spelling left."""
    record = Pipeline(IdentityEngine(), [extractor()], ["entities"], version="0")(
        Article(id="a", body="قال الرئيس الفرنسي فرانسوا هولاند إن بلاده ستواصل دعمها")
    )
    assert _names(record) == [["PER", "فرانسوا هولاند"]]


@pytest.mark.parametrize("unit", ["دمشق ", "محمد ", "و", "#", "_", "1 ", "،", "«دمشق» ", "وزارة "])
def test_time_is_linear_in_the_text(fast: Pipeline, unit: str) -> None:
    """A text of one repeated word, sign or digit must not cost more than its length."""
    fast(Article(id="a", body="في دمشق " + unit * 1_000))
    began = time.process_time()
    fast(Article(id="a", body="في دمشق قال " + unit * 40_000))
    assert time.process_time() - began < 20
