"""`khabar segment`: Farasa's segmentation on the command line."""

import os
import sys

from khabar.bootstrap import build_engine
from khabar.cli.visible import visible
from khabar.engines.base import Engine
from khabar.engines.farasa_embedded import FarasaEmbedded
from khabar.errors import CommandError, Exit
from khabar.pipeline.segment_line import segment_line


def segment() -> None:
    """Segment words or text from standard input, line by line, in Farasa's form: '+' separates the parts of a word.

    Diacritics and tatweel are dropped, as Farasa does.

    Examples:
        echo "وقال مدير المرصد" | khabar segment

        khabar segment < words.txt > segmented.txt
    """
    if sys.stdin.isatty():
        raise CommandError("give words or text on standard input, e.g. echo خبر | khabar segment", Exit.USAGE)
    engine = _open_engine()
    to_terminal = sys.stdout.isatty()
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            text = line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise CommandError(f"line {number} is not UTF-8 at byte {error.start}", Exit.UNREADABLE) from error
        segmented = segment_line(text, engine)
        sys.stdout.buffer.write((visible(segmented) if to_terminal else segmented).encode() + b"\n")
    sys.stdout.flush()


def _open_engine() -> Engine:
    """Open the engine that the settings name; where there is no setting there is nothing to validate."""
    if not any(name.upper().startswith("KHABAR_") for name in os.environ):
        return FarasaEmbedded()
    from khabar.settings import load_settings  # here: pydantic takes as long as all else

    return build_engine(load_settings())
