"""What befell the people counted."""

import pytest

from khabar.grammar.counts.casualties import casualty


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("قتل [ جنود", "killed"),
        ("قتل 3 وأصيب [ آخرين", "wounded"),
        ("بمقتل القائد و [ جنود", "killed"),
        ("[ أشخاص قتلوا", "killed"),
        ("[ أشخاص لقوا مصرعهم", "killed"),
        ("نزح أمس [ شخص", "displaced"),
        ("اعتقلت الشرطة [ رجال", "detained"),
        ("فقد أثر [ بحارا", "missing"),
        ("أنقذ الجنود [ مهاجرين", "people"),
        ("قتل الرئيس بينما حضر [ رجال", None),
        ("[ أشخاص ، قتلوا", None),
        ("[ أشخاص وقتل آخر", None),
        ("حضر [ رجال", None),
    ],
)
def test_the_nearest_word_says_what_befell_them(words: str, category: str | None) -> None:
    """The number stands at '['; verbs in the singular come before it, those in the plural after."""
    form = words.split()
    place = form.index("[")
    assert casualty(form, place, place, range(len(form)), whole=None, has_unit=True) == category


def test_a_part_shares_the_fate_of_the_whole() -> None:
    """قتل 12 مدنيا بينهم 3 أطفال counts three killed children."""
    form = ["قتل", "مدنيا", "بينهم", "3", "أطفال"]
    assert casualty(form, 3, 4, range(5), whole="killed", has_unit=True) == "killed"
    assert casualty(form, 3, 4, range(5), whole=None, has_unit=True) is None
