"""The record that README shows beside its article is what khabar makes of it; its article is the tutorial's."""

import json
import re
from pathlib import Path
from typing import Any

from khabar.library import open_pipeline

ROOT = Path(__file__).parents[3]


def holds(shown: Any, made: Any) -> bool:
    """Tell whether what is shown is in what was made; `…` stands for what was left out."""
    if isinstance(shown, dict):
        return all(key in made and holds(value, made[key]) for key, value in shown.items() if key != "…")
    if isinstance(shown, list):
        rest = iter(made)
        return all(any(holds(each, one) for one in rest) for each in shown if each != "…")
    if isinstance(shown, str) and shown.endswith("…"):
        return bool(made.startswith(shown.removesuffix("…").rstrip()))
    return bool(shown == made)


def test_the_record_beside_the_article_is_the_one_that_is_made() -> None:
    """The first thing that a stranger reads must be true, to the last offset."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    article = json.loads(tutorial.partition("`article.json`\n\n```json\n")[2].partition("```")[0])
    for paragraph in [article["title"], *article["text"].split("\n")[:2]]:
        assert paragraph in readme
    [shown] = re.findall(r"</td><td>\n\n```json\n(.*?)```", readme, re.DOTALL)
    with open_pipeline(recognizer="fast") as extract:
        record = extract(article)
    assert holds(json.loads(shown), record.model_dump(mode="json"))


def test_what_is_not_in_the_record_is_found() -> None:
    """The comparison above can fail, in each of its forms."""
    made = {"a": [{"b": 1}, {"b": 2}], "c": "text"}
    assert holds({"a": [{"b": 2}, "…"], "c": "te…", "…": "…"}, made)
    assert not any(
        holds(wrong, made) for wrong in ({"a": [{"b": 3}]}, {"a": [{"b": 2}, {"b": 1}]}, {"c": "x…"}, {"d": 1})
    )
