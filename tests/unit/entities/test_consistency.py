"""Names that an article repeats."""

import pytest

from khabar.entities.fast.consistency import Span, consistent


def _words(text: str) -> tuple[list[int], list[str]]:
    types = text.split()
    return [hash(word) for word in types], types


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        (
            "قوات سوريا الديمقراطية قالت إن قوات سوريا الديمقراطية تقدمت",
            [("ORG", 0, 2), ("LOC", 6, 6)],
            [("ORG", 0, 2), ("ORG", 5, 7)],
        ),
        (
            "رامي عبدالرحمن قال وأضاف عبدالرحمن",
            [("PER", 0, 1)],
            [("PER", 0, 1), ("PER", 4, 4)],
        ),
        ("قرب الفلوجة ثم الفلوجة", [("LOC", 1, 1)], [("LOC", 1, 1), ("LOC", 3, 3)]),
        ("محمد علي قال علي", [("PER", 0, 1)], [("PER", 0, 1)]),
        (
            "سوريا ومجلس سوريا الديمقراطية",
            [("LOC", 0, 0), ("ORG", 1, 3)],
            [("LOC", 0, 0), ("ORG", 1, 3)],
        ),
        ("لا أسماء هنا", [], []),
    ],
    ids=[
        "a full name again, where a part was found",
        "a person by the last name",
        "a single word",
        "a last name that is too short to tell",
        "a name inside a longer one stays there",
        "nothing",
    ],
)
def test_repeated_names(text: str, found: list[Span], expected: list[Span]) -> None:
    """One mention has the context that tells; the others follow it."""
    words, types = _words(text)
    assert consistent(found, words, types, [0, len(types)]) == expected


def test_no_name_crosses_a_sentence() -> None:
    """The same words with a full stop between them are no name."""
    words, types = _words("جون كيري قال جون كيري")
    assert consistent([("PER", 0, 1)], words, types, [0, 4, 5]) == [("PER", 0, 1), ("PER", 4, 4)]


def test_a_word_that_is_seldom_a_name_is_not_spread() -> None:
    """One finding in ten places is more likely a mistake in one than in nine."""
    words, types = _words("الوحدة " * 10)
    assert consistent([("ORG", 3, 3)], words, types, [0, 10]) == [("ORG", 3, 3)]
