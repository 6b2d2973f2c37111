"""What both training commands ask for."""

import argparse
from pathlib import Path
from typing import Final

OTHER: Final = Path(__file__).parent / "annotations" / "other.jsonl"
STANDOFF: Final = Path(__file__).parent / "annotations" / "saudinewsnet.jsonl"


def training_parser(description: str, out: Path) -> argparse.ArgumentParser:
    """Return a parser with the data that both recognizers learn from.

    Args:
        description: of the command.
        out: the folder of its weights, unless another is given.
    """
    parser = argparse.ArgumentParser(description=description)
    for name, what in (
        ("news", "annotated news, JSON lines"),
        ("scraped", "scraped news, JSON lines: the texts of khabar's own annotations, and what teachers label"),
        ("gold", "folder of gold articles"),
        ("anercorp", "ANERcorp's training part, one word and tag a line"),
        ("vectors", "the fast recognizer's int8 word vectors with scales, .npz"),
        ("vector-words", "their words, one a line, the most frequent first"),
        ("clusters", "word and clusters a line, .tsv.gz"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=what)
    parser.add_argument(
        "--standoff", type=Path, default=STANDOFF, help="annotations of scraped news, without its texts"
    )
    parser.add_argument(
        "--other", type=Path, default=OTHER, help="annotations of other outlets' news, without its texts"
    )
    parser.add_argument("--other-texts", type=Path, required=True, help="these texts, gzipped JSON lines")
    parser.add_argument(
        "--learn",
        nargs="*",
        default=(),
        metavar="PREFIX",
        help="gold articles with these ids are learned from, and not scored",
    )
    parser.add_argument("--out", type=Path, default=out, help="folder of the weights")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser
