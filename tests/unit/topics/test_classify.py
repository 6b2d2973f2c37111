"""Topics and genre: the cases, and what must not change them."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from khabar.bootstrap import build_engine
from khabar.extractors.registry import load
from khabar.lexicons import entries
from khabar.messages.article import Article
from khabar.messages.record import Genre, Record
from khabar.pipeline.pipeline import Pipeline
from khabar.settings import Settings
from khabar.topics import model
from khabar.topics.forms import NAMES, is_byline, is_opinion_section
from khabar.topics.terms import stem
from tests.unit.cases import load_cases
from tests.unit.growth import assert_linear

FOLDER = Path(__file__).parents[1] / "extractors" / "cases"
TOPICS, GENRES = load_cases(FOLDER / "topics.jsonl"), load_cases(FOLDER / "genre.jsonl")
FURNITURE = "\nاقرأ أيضا: هدف المهاجم في مباراة الدوري"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(build_engine(Settings()), load(["topics", "genre"]), ["topics", "genre"], version="0.0.0")


def record_of(pipeline: Pipeline, case: dict[str, Any]) -> Record:
    record = pipeline(Article(id="a", title=case["title"], body=case["text"], section=case.get("section")))
    assert not record.failures
    return record


@pytest.mark.parametrize("case", TOPICS, ids=lambda case: case["why"])
def test_topic(pipeline: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/topics.jsonl: the likeliest code."""
    topics = record_of(pipeline, case).topics
    assert topics
    assert topics[0].code == f"medtop:{case['expect']}000000"
    assert topics == sorted(topics, key=lambda topic: -topic.score)


@pytest.mark.parametrize("case", GENRES, ids=lambda case: case["why"])
def test_genre(pipeline: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/genre.jsonl."""
    assert record_of(pipeline, case).genre == case["expect"]


@pytest.mark.parametrize("case", TOPICS[:4], ids=lambda case: case["why"])
def test_what_is_no_story_changes_no_topic(pipeline: Pipeline, case: dict[str, Any]) -> None:
    """A link to another story tells nothing of this one."""
    assert record_of(pipeline, case | {"text": case["text"] + FURNITURE}).topics == record_of(pipeline, case).topics


def test_dirt_changes_no_topic(pipeline: Pipeline) -> None:
    """Diacritics, tatweel, hamza and ta marbuta are spelling."""
    clean = TOPICS[14]
    dirty = {name: value.replace("طقس", "طَقْـــس").replace("أ", "ا").replace("ة", "ه") for name, value in clean.items()}
    first, second = record_of(pipeline, clean).topics, record_of(pipeline, dirty).topics
    assert first
    assert second
    assert first[0].code == second[0].code


def test_unknown_words_have_no_topic(pipeline: Pipeline) -> None:
    """Null beats a guess: the likeliest code of no evidence is no code."""
    assert pipeline(Article(id="a", body="ضظغثق ظضغثق غظضثق")).topics == []


def test_a_genre_that_cannot_be_told_is_null_and_not_absent(pipeline: Pipeline) -> None:
    """A consumer tells "undecided" from "not asked for"."""
    record = record_of(pipeline, TOPICS[0]).model_copy(update={"genre": None})
    assert record.model_dump()["genre"] is None
    alone = Pipeline(pipeline.engine, load(["topics"]), ["topics"], version="0.0.0")
    assert "genre" not in record_of(alone, TOPICS[0]).model_dump()


def test_every_class_is_one_that_a_record_may_have() -> None:
    """A model that is trained anew must fit the contract."""
    assert set(model.load("genre").classes) <= set(get_args(Genre))
    assert {line.split("\t")[0] for line in entries("topics/media_topics")} == set(model.load("topics").classes)


def test_probabilities_are_those_of_the_formula() -> None:
    """Softmax of the weighted words; a feature of form moves only the class that has a weight for it."""
    data = {
        "words": np.array([[127, 0], [0, 127]], np.int8),
        "scale": np.array([2 / 127, 2 / 127]),
        "bias": np.zeros(2),
        "form": np.array([[1.0, 0.0]]),
        "mean": np.array([3.0]),
        "spread": np.array([2.0]),
        "sharpness": np.array(1.0),
        "slope": np.array(1.0),
        "shift": np.array(0.0),
        "threshold": np.array(0.5),
    }
    linear = model.Linear(["a", "b"], data)
    vector = (np.array([0], np.intp), np.array([1.0]))
    assert linear.probabilities(vector) == pytest.approx(np.array([np.exp(2), 1]) / (np.exp(2) + 1))
    assert linear.probabilities(vector, [5.0]) == pytest.approx(np.array([np.exp(3), 1]) / (np.exp(3) + 1))
    assert linear.fits(np.array([0.3, 0.7])) == pytest.approx([0.3, 0.7])


def test_features_of_form_are_as_many_as_the_model_knows() -> None:
    """A feature that is added needs a new training."""
    with np.load(model.TOPICS / "genre.npz") as file:
        assert file["form"].shape[0] == len(NAMES)


@pytest.mark.parametrize(
    ("section", "url", "expected"),
    [
        ("الرأي", None, True),
        ("رياضة", None, False),
        (None, "https://news.example/opinion/12", True),
        (None, "https://opinion.example/news/12", False),
        (None, None, False),
    ],
)
def test_sections_of_columns(section: str | None, url: str | None, expected: bool) -> None:
    """The producer's section counts, and a folder of the address; its host does not."""
    assert is_opinion_section(section, url) is expected


def test_a_stem_is_the_longest_part_in_careless_spelling() -> None:
    """Proclitics and suffixes tell no topic."""
    assert stem("و+ال+مكتب+ات") == "مكتب"
    assert stem("أزمة") == "ازمه"


def test_cost_is_linear(pipeline: Pipeline) -> None:
    """A long text of many stretches and paragraphs costs what it is long."""
    assert_linear(lambda text: pipeline(Article(id="a", body=text)), "12:30 قال الوزير «لا»؟\nاقرأ أيضا: خبر\n")


@pytest.mark.parametrize(
    ("author", "source", "expect"),
    [
        ("سمير الكاتب", "الأمل", True),
        ("د. سمير الكاتب", "الأمل", True),
        ("سمير الكاتب - جدة", "الأمل", False),
        ("جدة: سمير الكاتب", "الأمل", False),
        ("واس", "الأمل", False),
        ("صحيفة الأمل", "صحيفة الأمل", False),
        ("", "الأمل", False),
        (None, None, False),
    ],
)
def test_a_byline_is_a_persons_name_alone(author: str | None, source: str | None, expect: bool) -> None:
    """Over a column stands its writer; a reporter's name has the city or the outlet beside it."""
    assert is_byline(author, source) is expect
