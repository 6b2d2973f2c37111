"""The parts of a credit, before anybody decides what they mean together."""

from collections.abc import Callable

import pytest

from khabar.grammar.page.credits import agencies_of, read_parts
from khabar.lexicons import entries
from khabar.text.document import Document

READINGS = [
    ("سعود العلي- سبق- نجران: قال", "name outlet place"),
    ("بيروت، 5 آب / أغسطس (أ ف ب) - قال الوزير إن الخطة جاهزة", "place date date agency"),
    ("الكويت - 5 - 8 (كونا) -- قال الوزير إن الخطة جاهزة", "place date date agency"),
    ("الرياض 20 شوال 1436 هـ واس", "place date agency"),
    ("كتب محمد العلي - جدة والرياض", "desk place place"),
    ("دبي - العربية.نت قال الوزير", "place outlet"),
    ("محافظة الخرج - مكتب الرياض", "place desk"),
    ("الرياض تستضيف القمة", "name"),  # no place: nothing sets it off
    ("قال الوزير إن الرياض بخير", ""),  # إن is in no name
]


@pytest.mark.parametrize(("text", "kinds"), READINGS)
def test_parts_are_told_apart(parse: Callable[[str], Document], text: str, kinds: str) -> None:
    """Reading stops where something begins that is no part of a credit."""
    document = parse(text)
    parts = read_parts(document.tokens, 0, len(document.tokens))
    assert " ".join(part.kind.value for part in parts) == kinds


def test_parts_know_what_is_around_them(parse: Callable[[str], Document]) -> None:
    """Brackets and the end of the line decide whether a story may follow."""
    document = parse("القاهرة (رويترز)")
    place, agency = read_parts(document.tokens, 0, len(document.tokens))
    assert (place.after, place.is_enclosed, place.ends_line) == ("(", False, False)
    assert (agency.before, agency.is_enclosed, agency.ends_line) == ("(", True, True)


@pytest.mark.parametrize(
    ("field", "agencies"),
    [
        (None, ()),
        ("", ()),
        ("رويترز - لندن", ("رويترز",)),
        ("واشنطن : (أ. ف. ب.)", ("أ ف ب",)),
        ("بيروت - أ ف ب، رويترز", ("أ ف ب", "رويترز")),
        ("د ب أ من برلين", ("د ب أ",)),
        ("محمد الواسع - جدة", ()),
        ("وفاء العلي", ()),
        ("وفا السالم", ()),
    ],
)
def test_fields_name_agencies(field: str | None, agencies: tuple[str, ...]) -> None:
    """An agency is a part of the field, never the beginning of a person's name."""
    assert agencies_of(field) == agencies


@pytest.mark.parametrize(
    "name",
    ["agencies", "asides", "date_words", "desks", "given_names", "heads", "outlets", "places_arab", "places_world"],
)
def test_lexicons_are_sorted(name: str) -> None:
    """A sorted file shows an entry that is there twice."""
    lines = entries(f"origin/{name}")
    assert list(lines) == sorted(set(lines))
