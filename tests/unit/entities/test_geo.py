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
from khabar.entities.outlets import outlet_country
from khabar.messages.article import Article
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


OUTLETS = [
    ("a site of the lexicon", {"url": "https://www.jawharafm.net/ar/article/1"}, "TN"),
    ("a part of a site", {"url": "https://sport.sabq.org/1"}, "SA"),
    ("an Arab country's domain", {"url": "http://example.com.ye:8080/1"}, "YE"),
    ("another country's domain", {"url": "http://example.fr/1"}, None),
    ("the source's name", {"source": "هسبريس"}, "MA"),
    ("an international outlet", {"source": "BBC Arabic", "url": "https://www.bbc.com/arabic/1"}, None),
    ("an address that is none", {"url": "http://[رابط"}, None),
]


@pytest.mark.parametrize(("why", "fields", "expect"), OUTLETS, ids=[why for why, _, _ in OUTLETS])
def test_outlets(why: str, fields: dict[str, str], expect: str | None) -> None:
    """The outlet's country is read from its address, then from its name."""
    assert outlet_country(Article(id="test", title=None, body="نص", **fields)) == expect, why


def test_an_outlet_speaks_for_its_own_towns(parse: Callable[..., Document], gazetteer: Gazetteer) -> None:
    """A local paper names a small town without its country, and another country's paper does not mean it."""
    for source, expect in (("sabq", "SA"), ("هسبريس", None)):
        text, names = read("أمطار على [LOC رنية]")
        document = parse(text, source=source)
        found = gazetteer.place(document, cluster(document, names))
        assert [geo and geo.country for geo in found] == [expect], source


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
