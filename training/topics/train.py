"""Trains topics and genre and writes their weights.

    python -m training.topics.train --data FOLDER [--cache FILE] [--out FOLDER]
    python -m training.topics.train --data FOLDER --evaluate

Every figure is of articles whose outlets are kept out of the training, five folds by outlet. Their texts, not their labels,
are among those that the latent space is made of. Needs scipy; 3 minutes on one core.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from khabar.models import TOPICS
from training.topics.calibrate import Calibration, calibrate, genre_threshold, sharpen
from training.topics.data import CODES, SANAD, Label, Seen, read_labels, read_seen
from training.topics.fit import Floats, choose_words, fit, latent, matrix, softmax
from training.topics.report import report_genre, report_topics

GENRES: Final = ("factcheck", "feature", "news", "opinion", "release", "service")
SPACE: Final = 200
PENALTY: Final = {"topics": 0.2, "genre": 0.5}
FORM_SHARE: Final = 0.25  # of a standardized feature of form, beside the latent ones
SANAD_WEIGHT: Final = 0.05
SEED_WEIGHT: Final = 0.7
WEIGHT_OF: Final = {"SANAD": SANAD_WEIGHT, "seeds": SEED_WEIGHT}
FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Corpus:
    """All articles, and those among them that are labelled.

    Attributes:
        vectors: N x V. latent: N x D. form: N x F, standardized. rows: of the labelled. fold: of the labelled.
    """

    words: list[str]
    idf: Floats
    vectors: Any
    space: Floats
    latent: Floats
    form: Floats
    mean: Floats
    spread: Floats
    labels: list[Label]
    rows: Floats
    fold: Floats
    weak: Floats
    weak_targets: Floats
    weak_weight: Floats


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=TOPICS)
    parser.add_argument("--evaluate", action="store_true", help="also score what leaves parts out")
    options = parser.parse_args()
    corpus = make_corpus(read_seen(options.data, options.cache), read_labels())
    topics, genre = held_out(corpus, "topics"), held_out(corpus, "genre")
    calibration = calibrate(topics, corpus.labels)
    sharpness = sharpen(genre, genre_targets(corpus.labels))
    threshold = genre_threshold(softmax(sharpness * genre), corpus.labels, GENRES)
    report_topics("topics", topics, corpus.labels, calibration)
    report_genre("genre", softmax(sharpness * genre), corpus.labels, GENRES, threshold, show=True)
    if options.evaluate:
        for name, without in (
            ("without the latent space", "space"),
            ("without AlKhaleej", "SANAD"),
            ("without seeds", "seeds"),
        ):
            report_topics(name, held_out(corpus, "topics", without), corpus.labels, None)
        for name, without in (
            ("without form", "form"), ("without words", "words"), ("without the latent space", "space"),
        ):  # fmt: skip
            scores = held_out(corpus, "genre", without)
            report_genre(name, softmax(scores), corpus.labels, GENRES, 0.0)
        return
    write(options.out, corpus, calibration, sharpness, threshold)


def make_corpus(seen: Sequence[Seen], labels: Sequence[Label]) -> Corpus:
    """Return the articles in their spaces."""
    row_of = {one.ref: row for row, one in enumerate(seen)}
    labels = [label for label in labels if label.ref in row_of and label.main in CODES]
    counts = [one.terms for one in seen]
    words, idf = choose_words(counts)
    vectors = matrix(counts, words, idf)
    space = latent(vectors, SPACE)
    form = np.array([one.form for one in seen])
    news = np.array([not one.topic for one in seen])
    mean, spread = form[news].mean(axis=0), form[news].std(axis=0) + 1e-6
    fold_of = _folds([label.outlet for label in labels])
    weak = [row for row, one in enumerate(seen) if one.topic]
    return Corpus(
        words, idf, vectors, space, vectors @ space, np.clip((form - mean) / spread, -4, 4), mean, spread, labels,
        np.array([row_of[label.ref] for label in labels]), np.array([fold_of[label.outlet] for label in labels]),
        np.array(weak), np.array([[_weak(seen[row].topic).get(code, 0.0) for code in CODES] for row in weak]),
        np.array([SEED_WEIGHT if seen[row].topic in CODES else SANAD_WEIGHT for row in weak]),
    )  # fmt: skip


def _weak(topic: str) -> Mapping[str, float]:
    return {topic: 1.0} if topic in CODES else SANAD[topic]


def _folds(outlets: Sequence[str]) -> dict[str, int]:
    often = Counter(outlets)
    names = sorted(often)
    random.Random(1).shuffle(names)  # noqa: S311 no secret
    load, fold = [0] * FOLDS, {}
    for name in sorted(names, key=lambda one: -often[one]):
        fold[name] = load.index(min(load))
        load[fold[name]] += often[name]
    return fold


def topic_targets(labels: Sequence[Label]) -> Floats:
    """Return N x 17 shares: most for the main code, some for a second that is as good, little for the others."""
    made = np.zeros((len(labels), len(CODES)))
    for row, label in zip(made, labels, strict=True):
        row[CODES.index(label.main)] = 0.5 if label.also_good else 0.8
        if label.also_good in CODES:
            row[CODES.index(label.also_good)] += 0.35
        for code in label.others:
            row[CODES.index(code)] += (0.15 if label.also_good else 0.2) / len(label.others)
        row /= row.sum()
    return made


def genre_targets(labels: Sequence[Label]) -> Floats:
    """Return N x 6; zeros where no genre of GENRES was given."""
    return np.array([[float(label.genre == genre) for genre in GENRES] for label in labels])


def learn(corpus: Corpus, chosen: NDArray[np.intp], what: str, without: str = "") -> tuple[Floats, Floats, Floats]:
    """Return weights of words V x K, of form F x K, and bias K, learnt from the chosen labelled articles."""
    rows, labels = corpus.rows[chosen], [corpus.labels[one] for one in chosen]
    targets = topic_targets(labels) if what == "topics" else genre_targets(labels)
    importance = targets.sum(axis=1)
    if without == "space":
        inputs: Any = corpus.vectors[rows]
        penalty = 0.01
    else:
        inputs, penalty = corpus.latent[rows], PENALTY[what]
    size = inputs.shape[1]
    if what == "topics":
        if without != "space":
            kept = np.array([weight != WEIGHT_OF.get(without) for weight in corpus.weak_weight])
            inputs = np.vstack([inputs, corpus.latent[corpus.weak][kept]])
            targets = np.vstack([targets, corpus.weak_targets[kept]])
            importance = np.append(importance, corpus.weak_weight[kept])
    elif without != "space":
        form = FORM_SHARE * corpus.form[rows] * (without != "form")
        inputs = np.hstack([inputs * (without != "words"), form])
    weights, bias = fit(inputs, targets, importance, penalty=penalty)
    words = weights[:size] if without == "space" else corpus.space @ weights[:size]
    return words, FORM_SHARE * weights[size:], bias


def held_out(corpus: Corpus, what: str, without: str = "") -> Floats:
    """Return the scores of each labelled article by a model that saw no label of its outlet."""
    scores: list[Floats] = [np.zeros(0)] * len(corpus.labels)
    for number in range(FOLDS):
        words, form, bias = learn(corpus, np.flatnonzero(corpus.fold != number), what, without)
        for one in np.flatnonzero(corpus.fold == number):
            row = corpus.rows[one]
            scores[one] = np.asarray(corpus.vectors[row] @ words).ravel() + bias
            if len(form):
                scores[one] = scores[one] + corpus.form[row] @ form
    return np.array(scores)


def write(folder: Path, corpus: Corpus, calibration: Calibration, sharpness: float, threshold: float) -> None:
    """Learn from all labelled articles and write what khabar.topics.model reads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "terms.txt").write_text("".join(f"{word}\n" for word in corpus.words), encoding="utf-8")
    np.save(folder / "idf.npy", corpus.idf.astype(np.float32))
    everything = np.arange(len(corpus.labels))
    for what, classes, decided in (
        ("topics", [f"medtop:{code}000000" for code in CODES], calibration),
        ("genre", list(GENRES), Calibration(sharpness, 1.0, 0.0, threshold)),
    ):
        words, form, bias = learn(corpus, everything, what)
        scale = np.abs(words).max(axis=0) / 127
        np.savez_compressed(
            folder / f"{what}.npz", allow_pickle=False, classes=np.array(classes),
            words=np.rint(words / scale).astype(np.int8), scale=scale, bias=bias,
            form=form, mean=corpus.mean, spread=corpus.spread,
            sharpness=decided.sharpness, slope=decided.slope, shift=decided.shift, threshold=decided.threshold,
        )  # fmt: skip
    sys.stdout.write(f"{len(corpus.words)} terms, {len(corpus.labels)} labelled articles\n")


if __name__ == "__main__":
    main()
