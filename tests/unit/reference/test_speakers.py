"""Who is meant: cases of the kinds that went wrong, and what the choice may depend on."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from khabar.bootstrap import build_engine
from khabar.extractors.quotations import extractor
from khabar.grammar.speech.glyphs import quoted
from khabar.grammar.speech.narration import lines
from khabar.messages.article import Article
from khabar.messages.record import Entity, Mention, Quotation
from khabar.models import REFERENCE
from khabar.pipeline.segment import segment, split
from khabar.reference.candidates import Case
from khabar.reference.cues import CueReader
from khabar.reference.resolver import Resolver
from khabar.reference.weights import Weights
from khabar.settings import Settings
from khabar.text.document import Document

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "speakers.jsonl").read_text(encoding="utf-8").splitlines()
]


def document(text: str, names: Sequence[str]) -> Document:
    """Return a segmented text with every place of these names ("PER فلان") as an entity."""
    found = Document.of(Article(id="a", body=text))
    split(found)
    segment(found, build_engine(Settings()))
    entities = []
    for number, (kind, name) in enumerate(name.split(" ", 1) for name in names):
        full, *others = name.split("|")
        mentions = [
            Mention(start=start, end=start + len(form), text=form, kind="name")
            for form in (full, *others)
            for start in range(len(text))
            if text.startswith(form, start)
            and not (form != full and full in text[max(0, start - len(full)) : start + len(full)])
        ]
        mentions.sort(key=lambda mention: mention.start)
        entities.append(
            Entity.model_validate({"id": f"e{number}", "type": kind, "name": full, "mentions": mentions, "geo": None})
        )
    found.layers["entities"] = entities
    return found


def quotations(text: str, names: Sequence[str]) -> list[Quotation]:
    found = extractor().extract(document(text, names))
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_speakers(case: dict[str, object]) -> None:
    """Each line of speakers.jsonl: name, type and gender of the speaker of the last quotation."""
    last = quotations(str(case["text"]), case["names"])[-1].speaker  # type: ignore[arg-type]
    assert (last and [last.name, last.type, last.gender]) == case["speaker"]


def test_the_choice_is_the_weights_alone() -> None:
    """Without weights all candidates are equal and the first is taken; nothing else decides."""
    seen: list[Case] = []

    def first(case: Case, features: Sequence[Sequence[str]], /) -> int:
        seen.append(case)
        assert len(features) == len(case.candidates)
        assert case.candidates[-1].referent is None
        return Resolver(Weights({}))(case, features)

    text = document("قال الوزير كريم عازار إن العمل بدأ. وأضاف أنه سيستمر.", ["PER كريم عازار"])
    stretches = quoted(text)
    reader = CueReader(text, stretches, text.layers["entities"], first)
    cues = [cue for line in lines(text, stretches) for cue in reader.read(line)]
    assert [cue.who and cue.who.name for cue in cues] == ["كريم عازار", "كريم عازار"]
    assert len(seen) == len(cues)


@pytest.mark.parametrize("name", sorted(path.stem for path in REFERENCE.glob("*.tsv")))
def test_weights_are_read_as_they_are_written(name: str) -> None:
    """A line is a feature and a number; the version changes with the file."""
    rows = [line.split("\t") for line in (REFERENCE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()]
    assert all(len(row) == 2 and float(row[1]) for row in rows)
    assert len({feature for feature, _ in rows}) == len(rows)
    weights = Weights.load(name)
    assert len(weights.version) == 12
    assert weights.score([feature for feature, _ in rows[:3]]) == pytest.approx(sum(float(row[1]) for row in rows[:3]))


def test_many_places_that_are_alike_share_what_speaks_for_them() -> None:
    """None of three is likelier than the last, and all three together are."""
    weights = Weights({"place": 1.0, "first": 0.1, "none": 1.5})
    assert weights.best_unless_none([["place", "first"], ["place"], ["place"], ["none"]]) == 0
    assert weights.best_unless_none([["place"], ["none"]]) == 1
