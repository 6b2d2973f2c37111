"""The parts of the accurate recognizer that need no weights."""

import sys
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from khabar.entities.accurate.encoder import Encoder, EncoderUnavailable
from khabar.entities.accurate.labels import LABELS, best_labels, spans
from khabar.entities.accurate.pieces import BOUNDARY, MAX_CACHED_WORDS, MAX_LETTERS, Pieces, pieces_of
from khabar.entities.accurate.recognizer import MOST_UNITS, doubtful
from khabar.entities.accurate.repeated import with_repeated
from khabar.entities.accurate.units import Units, units
from khabar.entities.accurate.windows import windows
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document

SEGMENTS = {
    "وبغداد": "و+ب+غداد",  # Farasa is wrong at times; the units follow it
    "للتنظيم": "ل+ال+تنظيم",
    "وللجيش": "و+ل+ال+جيش",
    "للبنان": "ل+لبنان",
    "سيزور": "س+يزور",
    "والد": "والد",
}


class Scripted:
    """Segments as the table says."""

    name = "scripted 1"

    def segment(self, words: Sequence[str]) -> list[str]:
        return [SEGMENTS.get(word, word) for word in words]


def _units(text: str) -> tuple[Document, Units]:
    document = Document.of(Article(id="a", body=text))
    split(document)
    segment(document, Scripted())
    return document, units(document)


@pytest.mark.parametrize(
    ("text", "forms", "raw"),
    [
        ("والد الطفل", ["والد", "الطفل"], ["والد", "الطفل"]),
        ("للتنظيم", ["ل", "التنظيم"], ["ل", "لتنظيم"]),
        ("وللجيش", ["و", "ل", "الجيش"], ["و", "ل", "لجيش"]),
        ("للبنان", ["ل", "لبنان"], ["ل", "لبنان"]),
        ("سيزور", ["سيزور"], ["سيزور"]),
        ("لِلتَّنظيم", ["ل", "التنظيم"], ["لِ", "لتَّنظيم"]),
        ("وبغداد", ["و", "ب", "غداد"], ["و", "ب", "غداد"]),
    ],
)
def test_units_are_words_behind_their_proclitics(text: str, forms: list[str], raw: list[str]) -> None:
    """The encoder reads التنظيم where للتنظيم stands, and the span begins at the second lam."""
    document, found = _units(text)
    assert found.form == forms
    assert [document.raw[start:end] for start, end in zip(found.start, found.end, strict=True)] == raw


def test_units_know_their_tokens_and_sentences() -> None:
    """What else labels tokens is brought to the units by them."""
    document, found = _units("قال للجيش. وصل للبنان.")
    assert found.token == sorted(found.token)
    assert set(found.token) == set(range(len(document.tokens)))
    assert found.first[0] == 0
    assert found.first[-1] == len(found)
    assert len(found.first) == len(document.sentences) + 1


def test_the_sign_of_a_hashtag_is_a_prefix() -> None:
    """A name that begins in a hashtag holds its '#', and a '#' alone is no name."""
    _, found = _units("قال #والد # اليوم")
    assert [form for form, is_prefix in zip(found.form, found.is_prefix, strict=True) if is_prefix] == ["#"]


VOCABULARY = [
    *((mark, 0.0) for mark in ("<s>", "<pad>", "</s>", "<unk>")),
    *((BOUNDARY, -3.0), ("▁ال", -3.0), ("▁الجيش", -8.0), ("جيش", -4.0), ("ج", -6.0), ("يش", -6.0), ("،", -2.0)),
]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("▁الجيش", ["▁ال", "جيش"]),
        ("جيش", ["جيش"]),
        ("▁،", ["▁", "،"]),
        ("▁الخخخ", ["▁ال", "<unk>"]),
        ("▁ﺠيش", ["▁", "جيش"]),
        ("", ["<unk>"]),
    ],
)
def test_a_word_is_cut_into_its_best_pieces(word: str, expected: list[str]) -> None:
    """The sum of the scores decides; what no piece covers is one unknown."""
    pieces = Pieces(VOCABULARY, {"ﺠ": "ج"})
    names = [piece for piece, _ in VOCABULARY]
    assert [names[index] for index in pieces(word)] == expected


def test_the_cut_is_the_best_of_all_cuts() -> None:
    """Checked against every way to cut."""
    pieces = Pieces(VOCABULARY, {})
    score = dict(VOCABULARY[4:])
    word = "▁الجيش"

    def cuts(text: str) -> list[list[str]]:
        if not text:
            return [[]]
        ends = range(1, len(text) + 1)
        return [[text[:end], *rest] for end in ends if text[:end] in score for rest in cuts(text[end:])]

    best = max(cuts(word), key=lambda cut: sum(map(score.__getitem__, cut)))
    assert [VOCABULARY[index][0] for index in pieces(word)] == best


def test_a_run_of_letters_is_one_unknown() -> None:
    """A word without end costs nothing, and is not remembered in pieces."""
    pieces = Pieces(VOCABULARY, {})
    assert pieces("ج" * (MAX_LETTERS + 1)) == (pieces.unknown,)
    begin = time.process_time()
    pieces("ج" * 1_000_000)
    assert time.process_time() - begin < 1


def test_the_memory_of_words_is_bounded() -> None:
    """A worker runs for weeks, and scraped text has new words without end."""
    pieces = Pieces(VOCABULARY, {})
    for number in range(MAX_CACHED_WORDS + 10):
        pieces(str(number))
    assert len(pieces._memo) <= MAX_CACHED_WORDS


def test_glued_marks_begin_no_word() -> None:
    """A comma that touches its word is one piece; words behind proclitics begin words."""
    _, found = _units("للجيش،")
    pieces = Pieces(VOCABULARY, {})
    assert pieces_of(found, pieces)[-1] == pieces("،")


@pytest.mark.parametrize(
    ("lengths", "limit", "longest", "expected"),
    [
        ([[2, 2], [3], [4]], 0, 9, [(0, 2), (2, 3), (3, 4)]),
        ([[2, 2], [3], [4]], 7, 9, [(0, 3), (3, 4)]),
        ([[2, 2], [3], [4]], 99, 99, [(0, 4)]),
        ([[5, 5, 5], [1]], 4, 10, [(0, 2), (2, 3), (3, 4)]),
        ([[1], [5, 5, 5], [1]], 4, 10, [(0, 1), (1, 3), (3, 4), (4, 5)]),
        ([[], [1], []], 4, 10, [(0, 1)]),
        ([[20]], 4, 10, [(0, 1)]),
        ([], 4, 10, []),
    ],
)
def test_windows(lengths: list[list[int]], limit: int, longest: int, expected: list[tuple[int, int]]) -> None:
    """Whole sentences as long as they fit; each unit in exactly one window."""
    first = [0, *np.cumsum([len(sentence) for sentence in lengths]).tolist()]
    found = list(windows(first, [length for sentence in lengths for length in sentence], limit, longest))
    assert [(window.start, window.stop) for window in found] == expected


def _found(is_prefix: Sequence[bool], forms: Sequence[str] | None = None) -> Units:
    count = len(is_prefix)
    return Units(
        form=list(forms or map(str, range(count))),
        start=list(range(count)),
        end=list(range(1, count + 1)),
        is_glued=[False] * count,
        is_prefix=list(is_prefix),
        token=list(range(count)),
        first=[0, count],
    )


def _is_allowed(labels: Sequence[int], is_prefix: Sequence[bool]) -> bool:
    before, is_cut_off = "O", False
    for label, is_clitic in zip((LABELS[label] for label in labels), is_prefix, strict=True):
        if label[0] == "I" and (before == "O" or before[2:] != label[2:]):
            return False
        if is_cut_off and before != "O" and label[0] != "I":
            return False
        before, is_cut_off = label, is_clitic
    return True


@pytest.mark.parametrize("seed", range(8))
def test_the_best_labels_are_those_of_a_full_search(seed: int) -> None:
    """Of all sequences that make whole names; a name that holds a proclitic holds its word too."""
    generator = np.random.default_rng(seed)
    scores = generator.normal(size=(4, len(LABELS))).astype(np.float32)
    is_prefix = [False, *(bool(value) for value in generator.integers(0, 2, 2)), False]
    rows = np.arange(4)
    best = max(
        (labels for labels in product(range(len(LABELS)), repeat=4) if _is_allowed(labels, is_prefix)),
        key=lambda labels: float(scores[rows, list(labels)].sum()),
    )
    assert best_labels(scores, _found(is_prefix)) == list(best)


def test_names_end_where_others_begin_and_where_sentences_end() -> None:
    """B- begins a new name beside the last one; no name crosses sentences."""
    labels = [LABELS.index(name) for name in ("B-PER", "I-PER", "B-PER", "O", "B-ORG", "B-ORG")]
    assert list(spans(labels, [0, 5, 6])) == [("PER", 0, 1), ("PER", 2, 2), ("ORG", 4, 4), ("ORG", 5, 5)]


def test_a_word_that_is_clear_once_helps_where_it_is_not() -> None:
    """الطيار alone may be anyone's title; beside his first name it is his."""
    scores = np.full((3, len(LABELS)), -9.0, np.float32)
    scores[0, LABELS.index("B-PER")] = -0.1
    scores[1, 0] = -0.1
    scores[2, 0], scores[2, LABELS.index("B-PER")] = -0.6, -0.9
    found = _found([False] * 3, ["الطيار", "قال", "الطيار"])
    assert best_labels(scores, found) == [LABELS.index("B-PER"), 0, 0]
    assert best_labels(with_repeated(scores, found), found)[2] == LABELS.index("B-PER")
    assert np.array_equal(with_repeated(scores, _found([False] * 3)), scores)


def test_the_encoder_reads_the_sentences_that_are_in_doubt() -> None:
    """Sure, not sure, unknown to the fast recognizer ('#'), and sure again."""
    found = _found([False] * 7)
    found.first = [0, 2, 4, 5, 7]
    sure, unsure = np.full(len(LABELS), 0.005), np.full(len(LABELS), 0.05)
    sure[0], unsure[1] = 0.97, 0.7
    scores = np.log(np.array([sure, sure, sure, unsure, np.ones(len(LABELS)), sure, sure], np.float32))
    assert doubtful(scores, found) == [1, 2]
    taken = found.take([1, 2])
    assert (taken.form, taken.token, taken.first) == (["2", "3", "4"], [2, 3, 4], [0, 2, 3])


def test_the_encoder_reads_only_so_much_of_a_long_article() -> None:
    """The rest is left to the fast recognizer, or an article of 100 kB would not end in its time."""
    count, sentence = 2 * MOST_UNITS, 100
    found = _found([False] * count)
    found.first = list(range(0, count + 1, sentence))
    scores = np.log(np.full((count, len(LABELS)), 1 / len(LABELS), np.float32))
    assert doubtful(scores, found) == list(range(MOST_UNITS // sentence))


def test_without_onnxruntime_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the accurate recognizer falls back on the fast one, and can tell why."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderUnavailable, match=r"pip install 'khabar\[accurate\]'"):
        Encoder(Path("encoder.onnx"))


def test_without_weights_the_error_names_the_file(tmp_path: Path) -> None:
    """An installation without weights is no reason to fail later, at the first article."""
    with pytest.raises(EncoderUnavailable, match=r"encoder\.onnx"):
        Encoder(tmp_path / "encoder.onnx")
