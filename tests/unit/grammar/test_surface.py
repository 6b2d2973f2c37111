"""A lexicon's entries as they stand in text."""

import pytest

from khabar.grammar.surface import surfaces

FORMS = surfaces({"يوم": 1, "ليلة": 2, "أغسطس": 3, "واحد": 4, "احد": 5})


@pytest.mark.parametrize(
    ("form", "value", "proclitic", "is_definite"),
    [
        ("يوم", 1, "", False),
        ("اليوم", 1, "", True),
        ("وباليوم", 1, "وب", True),
        ("لليوم", 1, "ل", True),  # the span starts at the second lam
        ("لليلة", 2, "ل", False),  # three lams are written as two, so it is "a night" as well as "the night"
        ("ليله", 2, "", False),
        ("اغسطس", 3, "", False),
        ("واحد", 4, "", False),  # an entry, so not و + احد
        ("وواحد", 4, "و", False),
    ],
)
def test_a_form_is_read(form: str, value: int, proclitic: str, is_definite: bool) -> None:
    """Proclitics stay outside a span, the article inside; careless spelling is the rule in news."""
    surface = FORMS[form]
    assert (surface.value, surface.proclitic, surface.is_definite) == (value, proclitic, is_definite)


def test_what_is_asked_for_is_all_that_is_written_out() -> None:
    """Verbs take no article and no preposition."""
    forms = surfaces({"قال": 1}, prepositions=("",), with_article=False)
    assert set(forms) == {"قال", "وقال", "فقال"}
