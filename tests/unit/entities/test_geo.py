"""Places get coordinates where the article decides, else none."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from khabar.entities.clusters import cluster
from khabar.entities.countries import NAMES
from khabar.entities.geo import Gazetteer
from khabar.text.document import Document
from tests.unit.entities.marked import read

_LINES = (Path(__file__).parent / "places.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in _LINES if not line.startswith("#")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_places(parse: Callable[[str], Document], gazetteer: Gazetteer, case: dict[str, Any]) -> None:
    """Each line of places.jsonl: the country of each entity."""
    text, names = read(case["text"])
    document = parse(text)
    found = gazetteer.place(document, cluster(document, names))
    assert [geo and geo.country for geo in found] == case["expect"]


def test_every_country_has_a_point(parse: Callable[[str], Document], gazetteer: Gazetteer) -> None:
    """A name in the lexicon without a row in the table would silently have no place."""
    lost = []
    for name in NAMES:
        text, names = read(f"في [LOC {name}] .")
        document = parse(text)
        geo = gazetteer.place(document, cluster(document, names))[0]
        if geo is None:
            lost.append(name)
    assert lost == ["عمان"]


def test_loads_fast() -> None:
    """Workers load it before they fork; a start must not wait for it."""
    started = time.process_time()
    Gazetteer.load()
    assert time.process_time() - started < 0.5
