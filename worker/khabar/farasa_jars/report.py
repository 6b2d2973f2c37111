"""Describes a segmenter: when it answers, how long it takes to start, which letters it normalizes."""

import time
from typing import Final

from khabar.farasa_jars.accepted import identity
from khabar.farasa_jars.align import restore, spellings
from khabar.farasa_jars.jars import Jars
from khabar.farasa_jars.tool import FarasaTool

# One word for each letter that Farasa's `normalizeFull` changes.
WORDS: Final = ("أحمد", "إلى", "آخر", "مؤتمر", "مسائل", "مدرسة")


def report(jars: Jars, tool: FarasaTool) -> dict[str, str]:
    """Start the segmenter and describe it.

    Raises:
        FarasaNotReady: it does not work.
        FarasaFailed: it works, and then does not.
    """
    started_s = time.monotonic()
    tool.check()
    start_s = time.monotonic() - started_s
    answers = tool.ask(WORDS)
    tool.close()
    changed = {
        f"{own}->{written}"
        for word, answer in zip(WORDS, answers, strict=True)
        if restore(word, answer) is not None
        for own, written in zip(spellings(word)[-1], answer.replace("+", ""), strict=False)
        if own != written
    }
    return {
        "segmenter": f"{jars.segmenter} ({identity(jars)})",
        "data": str(jars.data or "inside the jar"),
        "pos": str(jars.tagger or "not installed"),
        "names": str(jars.namer or "not installed"),
        "answers": f"{tool.mode}, first after {start_s:.1f} s",
        "normalizes": "; ".join(sorted(changed)) or "nothing",
    }
