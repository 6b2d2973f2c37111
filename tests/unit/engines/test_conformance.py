"""What the protocol promises, for every engine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.engines.base import Engine
from khabar.engines.farasa_embedded import FarasaEmbedded
from khabar.farasa_jars import FarasaJvm
from khabar.farasa_jars.java import JavaCommand
from khabar.farasa_jars.tool import FarasaTool
from tests.fake_java import FakeJava
from tests.unit.engines.conftest import real_jars


def fake_jars(java: FakeJava, flush: str) -> FarasaJvm:
    """Farasa's jars as a program of ours plays them: what is on trial is the way there and back."""
    command = JavaCommand(
        java.jars / "lib/FarasaSegmenterJar.jar", java=str(java.java), env={"FAKE_JAVA": f'{{"flush": "{flush}"}}'}
    )
    return FarasaJvm(FarasaTool(command, start_s=20, timeout_s=20), version="fake")


ENGINES: dict[str, Callable[[Path, FakeJava], Engine]] = {
    "farasa_embedded": lambda cache, _: FarasaEmbedded(cache),
    "farasapy, line by line": lambda _, java: fake_jars(java, "line"),
    "farasapy, with each new word": lambda _, java: fake_jars(java, "word"),
    "farasapy, real jars": lambda *_: real_jars(),
}

AFFIX_LETTERS = "اوفبكلسهينتةم"
ARABIC_LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"

arabic_words = st.text(ARABIC_LETTERS, min_size=1, max_size=30) | st.text(AFFIX_LETTERS, min_size=1, max_size=30)
any_words = arabic_words | st.text(min_size=0, max_size=12).filter(lambda word: "+" not in word)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, model_cache: Path, session_java: FakeJava) -> Engine:
    """Each engine in turn."""
    return ENGINES[request.param](model_cache, session_java)


def spellings(word: str) -> set[str]:
    """What may be left of a word's segmentation without '+'."""
    spelled = {word}
    for before in ("", "و", "ف"):
        if word.startswith(before + "لل"):
            spelled.add(before + "لال" + word[len(before) + 2 :])
    return spelled


def test_it_says_what_it_is(engine: Engine) -> None:
    """A record's provenance names engine and model version."""
    name, _, version = engine.name.partition(" ")
    assert name
    assert version


@pytest.mark.parametrize("words", [[], [""], ["في"], ["وقال", "وقال", "وقال"], ["abc", "", "المملكة", "١٢"]])
def test_it_gives_one_answer_a_word_in_order(engine: Engine, words: list[str]) -> None:
    """Offsets are mapped by position: an answer too few would shift every claim after it."""
    answers = engine.segment(words)
    assert [answer.replace("+", "") for answer in answers] == words


def test_the_neighbours_do_not_matter(engine: Engine) -> None:
    """An article's record must not depend on which articles came before."""
    words = ["وسيستخدمونها", "للعمل", "كتابهم", "x", "والمدرسة"]
    together = engine.segment(words)
    assert together == [engine.segment([word])[0] for word in words]
    assert together == engine.segment(words[::-1])[::-1]


@given(words=st.lists(any_words, max_size=20))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_without_plus_the_word_is_back(engine: Engine, words: list[str]) -> None:
    """The map from segments back to the text rests on this."""
    answers = engine.segment(words)
    assert len(answers) == len(words)
    for word, answer in zip(words, answers, strict=True):
        assert answer.replace("+", "") in spellings(word)
        assert "++" not in answer


@pytest.mark.parametrize(
    "word",
    [
        "",
        "2015",
        "١٢",
        "Reuters",
        "COVID-19",
        "3ml",
        "\ud800",
        "ال\ud800",
        "\x00",
        "كتاب\x00",
        "ـ",
        "كِتاب",
        "\u064b",
        "😀",
        "«",
        "و/أو",
    ],
)
def test_what_is_no_arabic_word_comes_back_unchanged(engine: Engine, word: str) -> None:
    """Numbers, signs and foreign words have no clitics; a damaged character must not stop an article."""
    assert engine.segment([word]) == [word]


@pytest.mark.parametrize("letter", AFFIX_LETTERS)
@pytest.mark.parametrize("length", [1, 2, 3, 30, 64, 65, 1_000_000])
def test_a_word_of_one_repeated_letter_is_answered(engine: Engine, letter: str, length: int) -> None:
    """Words made of affix letters alone have exponentially many cuts; the suite's time limit is the deadline."""
    word = letter * length
    assert engine.segment([word])[0].replace("+", "") in spellings(word)
