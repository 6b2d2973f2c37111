"""Step 3: run the extractors. One that fails costs its layer, not the record."""

from collections.abc import Sequence
from pathlib import Path

from khabar.errors import TransientError
from khabar.extractors.base import Extractor
from khabar.extractors.guests import UnfitValue
from khabar.messages.record import Failure
from khabar.pipeline.laps import Laps
from khabar.text.document import Document


def extract(document: Document, extractors: Sequence[Extractor], laps: Laps) -> list[Failure]:
    """Fill `document.layers`.

    Args:
        document: segmented.
        extractors: each after those that it requires.
        laps: is told the end of each.

    Returns:
        The failures, in the extractors' order; they name error and place but carry nothing of the article.

    Raises:
        TransientError: what an extractor works with did not answer.
    """
    failures = []
    for extractor in extractors:
        try:
            missing = [layer for layer in extractor.requires if layer not in document.layers]
            if missing:
                failures.append(
                    Failure(extractor=extractor.layer, error=f"requires {', '.join(missing)}, which failed")
                )
                continue
            document.layers[extractor.layer] = extractor.extract(document)
        except TransientError:  # the next attempt may have the layer; a record without it would be final
            raise
        except Exception as error:  # not BaseException: the time limit of an article is one, and ends it
            failures.append(Failure(extractor=extractor.layer, error=describe(error)))
        laps.lap("extract", extractor.layer)
    return failures


def describe(error: Exception) -> str:
    """Return type and place of an error, at most 200 characters. Its message may quote the article and is left out.

    That of UnfitValue quotes nothing, and says what is wrong with the value.
    """
    if isinstance(error, UnfitValue):
        return f"{type(error).__name__}: {error}"[:200]
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    place = f" at {Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}" if traceback else ""
    return f"{type(error).__name__}{place}"[:200]
