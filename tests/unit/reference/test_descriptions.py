"""Where the description of a speaker without a name ends."""

from pathlib import Path
from typing import Any

import pytest

from khabar.grammar.speech.glyphs import quoted
from khabar.grammar.speech.narration import lines
from khabar.reference.subjects import SubjectFinder
from tests.unit.cases import load_cases
from tests.unit.reference.test_speakers import document

CASES = load_cases(Path(__file__).parent / "descriptions.jsonl")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_descriptions(case: dict[str, Any]) -> None:
    """Each line of descriptions.jsonl: the phrase behind the verb that opens the text."""
    found = document(case["text"], case.get("names", []))
    stretches = quoted(found)
    finder = SubjectFinder(found, stretches, found.layers["entities"])
    phrase = finder.after(lines(found, stretches)[0], 1)
    assert phrase is not None
    assert finder.text(phrase)[0] == case["name"]
