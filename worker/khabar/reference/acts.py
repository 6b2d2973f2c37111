"""The speech act, such as state, announce or deny, from the cue and from the object that it governs."""

from collections.abc import Sequence
from typing import Final

from khabar.grammar.folding import fold
from khabar.grammar.speech.narration import Line
from khabar.grammar.speech.reporting import COMPLEMENTIZERS
from khabar.lexicons import entries
from khabar.messages.record import Act
from khabar.reference.cues import Cue
from khabar.reference.nouns import cut

_REACH: Final = 4  # the object is among this many items after the cue


def _rows(name: str) -> dict[str, Act]:
    rows = (line.split("\t") for line in entries(f"reporting/{name}"))
    return {fold(word): act for act, words in rows for word in words.split()}  # type: ignore[misc]


_OF_VERBS: Final = _rows("acts")
_OF_OBJECTS: Final = _rows("act_objects")


def act_of_verb(lemma: str) -> Act:
    """Return the act that a verb expresses by itself."""
    return _OF_VERBS.get(fold(lemma), "state")


def act_of(cue: Cue | None, line: Line, segments: Sequence[str], form: Sequence[str]) -> Act:
    """Return the speech act of a cue.

    Args:
        cue: None if there is no cue; then the act is "state".
        line: the cue's line.
        segments, form: columns of the document's tokens.
    """
    if cue is None:
        return "state"
    for item in line[cue.position + 1 : cue.position + 1 + _REACH]:
        if item < 0 or form[item] in COMPLEMENTIZERS:
            break
        act = _OF_OBJECTS.get(cut(segments[item]).stem)
        if act is not None and cue.reading.shape != "particle":
            return act
    return act_of_verb(cue.reading.lemma)
