"""Mentions of one entity become one cluster under its fullest name."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.entities.clusters import Cluster, cluster
from khabar.entities.recognizer import Name
from khabar.text.document import Document
from tests.unit.entities.marked import read

Parse = Callable[[str], Document]

_LINES = (Path(__file__).parent / "clusters.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in _LINES if not line.startswith("#")]
_TITLES = ["شركة", "وزارة", "نادي", "تنظيم", "مطار", "محمد", "علي", "بن", "عبد", "الله", "آل", "سعود"]
_WORDS = st.sampled_from(
    [*_TITLES, "الهلال", "داعش", "الحوثيون", "عدن", "لندن", "Google", "غوغل", "#", "_", "و", "ل", "ال"]
)
_PIECES = st.lists(
    st.tuples(st.sampled_from(["PER", "ORG", "LOC"]), st.lists(_WORDS, min_size=1, max_size=4)), max_size=30
)


def _shown(document: Document, found: Cluster) -> list[Any]:
    texts: dict[str, list[str]] = {"name": [], "nominal": []}
    for mention in found.mentions:
        texts[mention.kind].append(document.raw[mention.start : mention.end])
    return [f"{found.type} {found.name}", texts["name"], texts["nominal"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_clusters(parse: Parse, case: dict[str, Any]) -> None:
    """Each line of clusters.jsonl: entities in the order of their first mention."""
    text, names = read(case["text"])
    document = parse(text)
    assert [_shown(document, found) for found in cluster(document, names)] == case["expect"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=_PIECES)
def test_every_name_is_in_exactly_one_cluster(parse: Parse, pieces: list[tuple[Any, list[str]]]) -> None:
    """A name lost or told twice would be wrong in the record whatever it links to."""
    text, names = "", []
    for kind, words in pieces:
        piece = " ".join(words)
        names.append(Name(kind, len(text), len(text) + len(piece)))
        text += piece + " ، "
    document = parse(text + ".")
    clusters = cluster(document, names)
    mentions = [(m.start, m.end) for found in clusters for m in found.mentions if m.kind == "name"]
    assert sorted(mentions) == [(name.start, name.end) for name in names]
    assert all(list(found.mentions) == sorted(found.mentions, key=lambda m: m.start) for found in clusters)
    assert clusters == cluster(document, names)
    firsts = [next(m.start for m in found.mentions if m.kind == "name") for found in clusters]
    assert firsts == sorted(firsts)


@pytest.mark.parametrize("kind", ["PER", "ORG", "LOC"])
@pytest.mark.parametrize("word", ["محمد", "شركة", "الشركة", "حي"])
def test_time_is_linear_in_mentions(parse: Parse, kind: Any, word: str) -> None:
    """5,000 names that share a word take less than a second."""
    text, names = "", []
    for index in range(5_000):
        piece = f"{word} {''.join(chr(0x628 + int(digit)) for digit in str(index))}"
        names.append(Name(kind, len(text), len(text) + len(piece)))
        text += piece + " ، "
    document = parse(text)
    started = time.process_time()
    cluster(document, names)
    assert time.process_time() - started < 1


def test_no_names_no_clusters(parse: Parse) -> None:
    """An article without names has no nominals either."""
    assert cluster(parse("قالت الوزارة"), []) == []
