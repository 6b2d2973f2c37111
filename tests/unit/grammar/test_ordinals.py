"""Ordinals in words."""

import pytest

from khabar.grammar.numbers.ordinals import ordinal_at


@pytest.mark.parametrize(
    ("text", "value", "last", "proclitic", "is_definite"),
    [
        ("الأول", 1, 0, "", True),
        ("والثانية عشرة", 12, 1, "و", True),
        ("الحادي والعشرين", 21, 1, "", True),
        ("للتاسع عشر", 19, 1, "ل", True),
        ("العشرين", 20, 0, "", True),
        ("الاول من", 1, 0, "", True),
        ("ثالث أيام", 3, 0, "", False),
    ],
)
def test_ordinal(text: str, value: int, last: int, proclitic: str, is_definite: bool) -> None:
    """Units, teens and tens, with proclitics and without care for the hamza."""
    form = text.split()
    found = ordinal_at(form, 0, len(form))
    assert found is not None
    assert (found.value, found.last, found.proclitic, found.is_definite) == (value, last, proclitic, is_definite)


@pytest.mark.parametrize("text", ["الحادي", "عشرين", "الكتاب", "الواحد"])
def test_no_ordinal(text: str) -> None:
    """حادي stands in compounds only; a ten without the article is a number."""
    assert ordinal_at(text.split(), 0, 1) is None


def test_it_ends_before_the_limit() -> None:
    """What lies in the next sentence is not read."""
    found = ordinal_at(["الثاني", "عشر"], 0, 1)
    assert found is not None
    assert found.value == 2
