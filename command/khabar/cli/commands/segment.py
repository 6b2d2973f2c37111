"""`khabar segment`: Farasa's segmentation on the command line."""

import sys

from khabar.bootstrap import build_engine
from khabar.cli.visible import visible
from khabar.errors import CommandError, Exit
from khabar.pipeline.segment import segment_line
from khabar.settings import load_settings


def segment() -> None:
    """Segment standard input: words or text in, Farasa's form out, line for line; '+' stands between the parts of a word.

    Diacritics and tatweel are dropped, as Farasa does.

    Examples:
        echo "وقال مدير المرصد" | khabar segment

        khabar segment < words.txt > segmented.txt
    """
    if sys.stdin.isatty():
        raise CommandError("give words or text on standard input, e.g. echo خبر | khabar segment", Exit.USAGE)
    engine = build_engine(load_settings())
    to_terminal = sys.stdout.isatty()
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            text = line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise CommandError(f"line {number} is not UTF-8 at byte {error.start}", Exit.UNREADABLE) from error
        segmented = segment_line(text, engine)
        sys.stdout.buffer.write((visible(segmented) if to_terminal else segmented).encode() + b"\n")
    sys.stdout.flush()
