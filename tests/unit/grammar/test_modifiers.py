"""Phrases that bound a number."""

import pytest

from khabar.grammar.counts.modifiers import modifier_after, modifier_before


@pytest.mark.parametrize(
    ("words", "name", "first", "proclitic_chars"),
    [
        ("قتل نحو", "about", 1, 0),
        ("وصل لاكثر من", "more_than", 1, 1),
        ("بما لا يقل عن", "at_least", 0, 1),
        ("المبلغ ما يزيد على", "more_than", 1, 0),
        ("لم يتجاوز", "at_most", 0, 0),
    ],
)
def test_a_phrase_before_a_number_bounds_it(words: str, name: str, first: int, proclitic_chars: int) -> None:
    """The longest phrase wins, its proclitics stay outside."""
    form = words.split()
    found = modifier_before(form, len(form), 0)
    assert found is not None
    assert (found.name, found.first, found.last, found.proclitic_chars) == (
        name,
        first,
        len(form) - 1,
        proclitic_chars,
    )


def test_a_verb_of_its_own_bounds_nothing() -> None:
    """تجاوز says more than the number, but in the reporter's sentence."""
    assert modifier_before(["المبلغ", "تجاوز"], 2, 0) is None


def test_nothing_before_the_start_is_read() -> None:
    """A phrase belongs to one quantity."""
    assert modifier_before(["أكثر", "من"], 2, 1) is None


@pytest.mark.parametrize(
    ("words", "name", "first"),
    [("منازل على الاقل", "at_least", 1), ("مرات يوميا على الأقل", "at_least", 2), ("مركبة تقريبا", "about", 1)],
)
def test_a_phrase_after_a_number_bounds_it(words: str, name: str, first: int) -> None:
    """An adjective or two may stand between."""
    form = words.split()
    found = modifier_after(form, 0, len(form))
    assert found is not None
    assert (found.name, found.first) == (name, first)


@pytest.mark.parametrize("words", ["شهيدا وأكثر من 200", "مرضى للوفاة وأقل عرضة", "مرات في على الأقل"])
def test_what_begins_another_phrase_is_none(words: str) -> None:
    """وأكثر من belongs to the next number."""
    form = words.split()
    assert modifier_after(form, 0, len(form)) is None
