"""Third-person forms from a verb's past and present."""

import pytest

from khabar.grammar.speech.verbs import adverbial_participles, finite_forms


@pytest.mark.parametrize(
    ("past", "present", "expected"),
    [
        ("قال", "يقول", {"قال", "قالت", "قالوا", "قالا", "قالتا", "يقول", "تقول", "يقولون", "يقولوا", "يقولان", "تقولان"}),
        ("نفى", "ينفي", {"نفى", "نفت", "نفوا", "نفيا", "نفتا", "نفين", "ينفي", "تنفي", "ينفون", "ينفوا", "ينفيان", "تنفيان"}),
        ("دعا", "يدعو", {"دعا", "دعت", "دعوا", "دعتا", "دعون", "يدعو", "تدعو", "يدعون", "يدعوا"}),
    ],
)  # fmt: skip
def test_weak_letters_change_as_grammar_has_it(past: str, present: str, expected: set[str]) -> None:
    """نفى gives نفت, not نفىت. Of hollow verbs the feminine plural is not news and is left as it comes."""
    assert expected <= {form.text for form in finite_forms(past, present)}


def test_gender_and_number_are_told() -> None:
    """Who spoke last is remembered by gender: قالت is not he."""
    forms = {form.text: (form.gender, form.is_plural) for form in finite_forms("قال", "يقول")}
    assert forms["قالت"] == forms["تقول"] == ("f", False)
    assert forms["قالوا"] == ("m", True)


def test_participles_are_accusative() -> None:
    """قائلا introduces speech; قائل is a noun."""
    assert [form.text for form in adverbial_participles("قائل")] == ["قائلا", "قائلة", "قائلين"]
    assert [form.text for form in adverbial_participles("مدعي")] == ["مدعيا", "مدعية", "مدعين"]
