"""Names that a recognizer finds too long, or where none is."""

from collections.abc import Callable

import pytest

from khabar.entities.edges import within_bounds
from khabar.text.document import Document
from tests.unit.entities.marked import read


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("قال [PER رامي عبد الرحمن لفرانس برس] إن", ["PER رامي عبد الرحمن", "ORG فرانس برس"]),
        ("قال [PER جون سميث لبلومبرغ] إن", ["PER جون سميث", "ORG بلومبرغ"]),
        ("قال [PER جون لورنس] إن", ["PER جون لورنس"]),
        ("بعد صلاة [LOC المغرب] زار [LOC المغرب]", ["LOC المغرب"]),
        ("بعد سيول جرفت [LOC سيول] أمس", []),
        ("لقي [PER حسن دياب] ([ORG دبوس]) ونفى [PER دبوس]", ["PER حسن دياب", "PER دبوس", "PER دبوس"]),
        ("لقي [PER حسن دياب] ([ORG رويترز]) ونفى", ["PER حسن دياب", "ORG رويترز"]),
        ("تنطلق المباراة على [PER سا 00ر20] في [LOC ملعب 5 جويلية]", ["LOC ملعب 5 جويلية"]),
        ("أعلنت [ORG جامعة النور فتح] باب القبول", ["ORG جامعة النور"]),
        ("قالت [ORG حركة فتح] أمس", ["ORG حركة فتح"]),
        ("عند الحدود [LOC السعودية] وفي [LOC السعودية] أمس", ["LOC السعودية"]),
        ("من [LOC كوريا الجنوبية] إلى [LOC سيول] أمس", ["LOC كوريا الجنوبية", "LOC سيول"]),
    ],
)
def test_bounds(parse: Callable[[str], Document], marked: str, expected: list[str]) -> None:
    """What is no part of a name is cut off; prayers, floods, clock times and adjectives are none; a nickname is a person."""
    text, names = read(marked)
    document = parse(text)
    found = within_bounds(document, names)
    assert [f"{name.type} {document.raw[name.start : name.end]}" for name in found] == expected
