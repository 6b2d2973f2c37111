"""The parts of the fast recognizer that need no weights."""

from itertools import pairwise, product

import numpy as np
import pytest

from khabar.entities.fast.consistency import Span
from khabar.entities.fast.features import features, units, word_type
from khabar.entities.fast.labels import (
    LABELS,
    may_begin,
    may_end,
    may_follow,
    of_span,
    spans,
)
from khabar.entities.fast.paths import Paths
from khabar.entities.fast.proclitics import Proclitics, candidates
from khabar.entities.fast.spans import names
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document
from tests.identity_engine import IdentityEngine


def _labels(*names: str) -> list[int]:
    return [LABELS.index(name) for name in names]


def test_a_path_of_labels_gives_back_its_names() -> None:
    """What training writes, decoding must read."""
    path = [0, *of_span("PER", 1), *of_span("ORG", 2), 0, *of_span("LOC", 4)]
    assert spans(path) == [("PER", 1, 1), ("ORG", 2, 3), ("LOC", 5, 8)]


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("O", "B-PER", True),
        ("O", "I-PER", False),
        ("B-PER", "O", False),
        ("B-PER", "E-PER", True),
        ("B-PER", "E-ORG", False),
        ("E-PER", "S-LOC", True),
        ("I-ORG", "I-ORG", True),
        ("S-LOC", "E-LOC", False),
    ],
)
def test_names_are_whole(before: str, after: str, allowed: bool) -> None:
    """A name begins, goes on and ends within one type."""
    assert may_follow(*_labels(before, after)) is allowed


def test_the_best_paths_are_those_of_a_full_search() -> None:
    """Stretches between certain words are decoded together, by length: nothing may get lost in that."""
    generator = np.random.default_rng(5)
    follow = generator.normal(size=(len(LABELS), len(LABELS))).astype(np.float32)
    scores = generator.normal(size=(40, len(LABELS))).astype(np.float32) * 2
    scores[:, 0] += np.where(generator.random(40) < 0.6, 40, 0)
    starts = np.array([0, 1, 4, 9, 10, 17, 40])
    found = Paths(follow).best(scores, starts)
    for first, last in pairwise(starts.tolist()):
        assert found[first:last].tolist() == _search(scores[first:last], follow)


def _search(scores: np.ndarray, follow: np.ndarray) -> list[int]:
    """Return the best legal path, all prefixes by their last label."""
    best = {label: (float(scores[0, label]), [label]) for label in range(len(LABELS)) if may_begin(label)}
    for row in scores[1:]:
        step: dict[int, tuple[float, list[int]]] = {}
        for (before, (score, path)), after in product(best.items(), range(len(LABELS))):
            if may_follow(before, after):
                new = score + float(follow[before, after]) + float(row[after])
                if after not in step or new > step[after][0]:
                    step[after] = (new, [*path, after])
        best = step
    return max((item for label, item in best.items() if may_end(label)), key=lambda item: item[0])[1]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ("و+ال+صين", ("والصين", "و", "الصين", "صين", "")),
        ("ل+ال+تنظيم", ("للتنظيم", "ل", "التنظيم", "تنظيم", "")),
        ("وزار+ة", ("وزاره", "", "وزاره", "وزار", "ه")),
        ("أحمد", ("احمد", "", "احمد", "احمد", "")),
        ("و", ("و", "", "و", "و", "")),
        ("2015", ("0000", "", "0000", "0000", "")),
    ],
)
def test_a_word_type_is_read_off_its_segments(segments: str, expected: tuple[str, ...]) -> None:
    """Plain spelling; the last part is never a proclitic."""
    word = word_type(segments)
    assert (word.form, word.proclitics, word.base, word.stem, word.suffixes) == expected


def test_features_are_bounded_by_the_word() -> None:
    """A run of letters without end costs no more than the longest word."""
    assert len(list(features(word_type("ب" * 100_000)))) < 120


def test_parts_of_a_hashtag_are_words() -> None:
    """The sign and the underscores are no units; sentences still begin where they did."""
    document = Document.of(Article(id="a", body="زار #قوات_سوريا_الديمقراطية. #دبي"))
    split(document)
    segment(document, IdentityEngine())
    found = units(document)
    assert found.types == ["زار", "قوات", "سوريا", "الديمقراطية", ".", "دبي"]
    assert [found.tokens[index] for index in range(3)] == [0, 2, 4]
    assert found.starts[0] == 0 and found.starts[-1] == 6


def test_candidates_are_a_conjunction_and_a_preposition() -> None:
    """وببغداد may lose two letters, بوبكر one, and no word all."""
    assert list(candidates("وببغداد")) == ["وببغداد", "ببغداد"]
    assert list(candidates("بوبكر")) == ["بوبكر"]
    assert list(candidates("وب")) == []


def test_a_known_word_keeps_the_letter_that_farasa_cuts() -> None:
    """The evidence is weighed: here how common a word is with its first letter against without."""
    common = {"بعقوبه": 9.0, "بغداد": 9.0}
    weights = [0.0, 0.1, 0.0, -1.0, 1.0, *[0.0] * 17]
    proclitics = Proclitics(weights, lambda word: common.get(word, 0.0))
    assert proclitics.count("بعقوبة", "ب+عقوب+ة", frozenset()) == 0
    assert proclitics.count("ببغداد", "ب+بغداد", frozenset()) == 1


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("التقى عباس ونتنياهو أمس", [("PER", 1, 2)], ["عباس", "نتنياهو"]),
        ("قال روبرت وود إن وود عاد", [("PER", 1, 2), ("PER", 4, 4)], ["روبرت وود", "وود"]),
        ("فيلم لأم كلثوم عن أم كلثوم", [("PER", 1, 2), ("PER", 4, 5)], ["أم كلثوم", "أم كلثوم"]),
    ],
)
def test_names_decide_where_others_begin(text: str, found: list[Span], expected: list[str]) -> None:
    """Two people whom 'and' joins are two names; a surname keeps its و, and what stands alone elsewhere loses its ل."""
    document = Document.of(Article(id="a", body=text))
    split(document)
    segment(document, IdentityEngine())
    common = {"نتنياهو": 9.0, "ود": 9.0}
    weights = [-1.0, 0.0, 0.0, -1.0, 1.0, *[0.0] * 17]
    proclitics = Proclitics(weights, lambda word: common.get(word, 0.0))
    mentions = names(document, found, range(len(document.tokens)), proclitics)
    assert [document.raw[name.start : name.end] for name in mentions] == expected
