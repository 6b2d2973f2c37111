"""Farasa's answers, back onto the words that were asked."""

import pytest

from khabar.farasa_jars.align import is_rewritten, match, restore


@pytest.mark.parametrize(
    ("word", "answer", "own"),
    [
        ("المدرسة", "ال+مدرس+ه ", "ال+مدرس+ة"),
        ("أحمد", "احمد", "أحمد"),
        ("مسؤولون", "مسءول+ون", "مسؤول+ون"),
        ("للعمل", "ل+ال+عمل", "ل+ال+عمل"),
        ("للجنة", "ل+ال+جن+ه", "ل+ال+جن+ة"),
        ("وللأسف", "و+ل+ال+اسف", "و+ل+ال+أسف"),
        ("للون", "لال+ون", "لال+ون"),
        ("للغة", "ل+الغ+ه", "ل+الغ+ة"),
        ("على", "علي", "على"),
        ("كتابهم", "كتاب++هم", "كتاب+هم"),
        ("أيلولسبتمبر", "ايلول سبتمبر", "أيلولسبتمبر"),  # its tokenizer took it apart: no cut of ours
        ("ا", "+ا", "+ا"),
    ],
)
def test_cuts_are_the_answers_and_letters_the_words(word: str, answer: str, own: str) -> None:
    """Offsets count the received letters; what Farasa normalizes must not reach them."""
    assert restore(word, answer) == own


@pytest.mark.parametrize(("word", "answer"), [("كتاب", "قلم"), ("كتاب", ""), ("كتاب", "كتب"), ("لكتاب", "ل+ال+كتاب")])
def test_an_answer_that_is_another_word_is_none(word: str, answer: str) -> None:
    """It may be an answer to something else; the word stays whole instead."""
    assert restore(word, answer) is None


def test_what_was_normalized_is_told() -> None:
    """It is counted and logged."""
    assert is_rewritten("مدرسة", "مدرس+ه")
    assert not is_rewritten("للعمل", "ل+ال+عمل")


def test_tokens_are_matched_however_either_side_cuts() -> None:
    """Farasa splits أيلول/سبتمبر in three and keeps #هاشتاغ whole; its لال is our لل."""
    forms = ["في", "19/5/1955", "#", "حلب", "للعمل", "."]
    letters = ["في", "19", "/", "5", "/", "1955", "#حلب", "لالعمل", "."]
    assert match(forms, letters) == [range(1), range(1, 6), range(0), range(0), range(7, 8), range(8, 9)]


@pytest.mark.parametrize("letters", [["في"], ["في", "دمشق"], ["في", "حلب", "أيضا"], []])
def test_another_text_is_not_matched(letters: list[str]) -> None:
    """Tags of one sentence must never stand at another's tokens."""
    assert match(["في", "حلب"], letters) is None
