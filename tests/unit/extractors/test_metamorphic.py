"""What changes a text's spelling and not its meaning changes offsets only: no gold needed, and no value may move."""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from khabar.engines.base import Engine
from khabar.extractors.registry import load
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.assemble import record_bytes
from khabar.pipeline.pipeline import Pipeline
from khabar.text.normalize import normalize
from tests.unit.cases import load_cases

LAYERS = ("quotations", "statements", "quantities", "temporal")
CASES = Path(__file__).parent / "cases"
PUBLISHED = "2021-03-10T09:00:00+03:00"
QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))
YEAR = re.compile("[0-9٠-٩]{4}")
LETTER = re.compile("(?<=[ء-غف-ي])(?=[ء-غف-ي])")


@pytest.fixture(scope="module")
def claims(engine: Engine) -> Pipeline:
    """The layers that are compared and what they need, and not those that nobody looks at here."""
    return Pipeline(engine, load(LAYERS), LAYERS, version="0.0.0")


def _texts() -> list[str]:
    return sorted({case["text"] for layer in LAYERS for case in load_cases(CASES / f"{layer}.jsonl") if case["text"]})


def _article(text: str) -> Article:
    return Article.model_validate({"id": "a", "body": text, "published_at": PUBLISHED})


def _plain(text: str | None) -> str | None:
    return text if text is None else normalize(text).text.translate(QUOTES)


def _values(record: Record) -> dict[str, list[Any]]:
    """Return every claim without its offsets, its words normalized."""
    return {
        "quotations": [
            (
                _plain(q.text),
                q.kind,
                q.group,
                q.speaker and _plain(q.speaker.name),
                q.cue and _plain(q.cue.text),
                q.pro_drop,
                q.speaker is not None and q.speaker.entity is not None,
            )
            for q in record.quotations or []
        ],
        "statements": [
            (
                _plain(s.text),
                s.kind,
                s.speaker and _plain(s.speaker.name),
                s.cue and _plain(s.cue.text),
                s.act,
                s.modality,
                s.pro_drop,
                s.quotations,
            )
            for s in record.statements or []
        ],
        "quantities": [
            (_plain(q.text), q.value, q.lower, q.upper, q.modifier, _plain(q.unit), q.category)
            for q in record.quantities or []
        ],
        "temporal": [(_plain(t.text), t.type, t.value, t.mod, t.hijri) for t in record.temporal or []],
    }


@cache
def _of(pipeline: Pipeline, text: str) -> dict[str, list[Any]]:
    """Return the claims of a text as it stands; each is asked for by every test here."""
    return _values(pipeline(_article(text)))


def _to_digits(zero: int) -> Callable[[str], str]:
    table = {ord("0") + digit: zero + digit for digit in range(10)}
    return lambda text: re.sub(r"(?<![A-Za-z])[0-9]+(?![A-Za-z0-9])", lambda match: match[0].translate(table), text)


CHANGES: dict[str, Callable[[str], str]] = {
    "diacritics": lambda text: LETTER.sub("\u064e", text),
    "tatweel": lambda text: LETTER.sub("\u0640", text),
    "no-break spaces": lambda text: text.replace(" ", "\xa0"),
    "bidi marks": lambda text: re.sub(r"(?<=\s)(?=\S)", "\u200f", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "Arabic-Indic digits": _to_digits(0x660),
    "Persian digits": _to_digits(0x6F0),
    "curly quotation glyphs": lambda text: text.replace("«", "“").replace("»", "”"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_spelling_changes_no_value(claims: Pipeline, change: str) -> None:
    """Every text of every case, changed: the same claims with the same values."""
    different = []
    for text in _texts():
        changed = CHANGES[change](text)
        before, after = _of(claims, text), _values(claims(_article(changed)))
        different += [(text, before[layer], after[layer]) for layer in LAYERS if before[layer] != after[layer]]
    assert different == []


def test_two_articles_joined_give_the_union(claims: Pipeline) -> None:
    """No claim is lost or found because of another story in the text.

    What refers back does change: a quotation without a subject takes the speaker before it, الوزير may be a minister
    of the other story, a date without a year goes with the year that the text named; so values are compared
    where the stories name speakers and year themselves.
    """
    texts = _texts()
    for first, second in pairwise(texts):
        joined = _values(claims(_article(f"{first}\n\n{second}")))
        apart = [_of(claims, text) for text in (first, second)]
        for layer in LAYERS:
            union = apart[0][layer] + apart[1][layer]
            assert [claim[0] for claim in joined[layer]] == [claim[0] for claim in union], (layer, first, second)
            if layer == "quantities":
                assert joined[layer] == union, (first, second)
            if layer == "quotations" and all(is_named and not pro_drop for *_, pro_drop, is_named in union):
                assert joined[layer] == union, (first, second)
            if layer == "temporal" and YEAR.search(second) and not YEAR.search(first):
                assert joined[layer] == union, (first, second)


def test_the_same_input_gives_the_same_bytes(pipeline: Pipeline) -> None:
    """Exactly once is worth nothing if a second run of the same article differed."""
    for text in _texts()[::7]:
        assert record_bytes(pipeline(_article(text))) == record_bytes(pipeline(_article(text)))
        json.loads(record_bytes(pipeline(_article(text))))
