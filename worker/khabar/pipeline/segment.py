"""Step 2: paragraphs, sentences, tokens, and the engine's segments."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from khabar.engines.base import Engine
from khabar.text.document import Document, Paragraphs, Sentences
from khabar.text.sentences import CLOSERS, STOPS, SentenceSplitter
from khabar.text.tokenize import tokenize
from khabar.text.tokens import Tokens
from khabar.text.wrapping import breaks

_BREAK: Final = re.compile(r"\n\s*")
# Dropped text between two sentences belongs to the first up to white space; without white space, up to an opening mark.
_SPACE: Final = re.compile(r"\s")
_OPENER: Final = re.compile(r"<[^/]|&(?:amp;){0,3}lt;[^/]|[\u200e\u200f\u202a\u202b\u202d\u202e\u2066-\u2068]")
_ENDS_PARAGRAPH: Final = STOPS | CLOSERS | {'"', ":"}


def split(document: Document) -> None:
    """Find tokens, sentences and paragraphs.

    Args:
        document: normalized; its `tokens`, `sentences` and `paragraphs` are set, flags are added.

    Every character of the raw text that is no white space is in exactly one paragraph and exactly one sentence; tokens
    lie in sentences, sentences in paragraphs. No token, no sentence: the language step refuses such a text.
    """
    tokens = document.tokens = tokenize(document.normalized)
    if not tokens:
        return
    form = tokens.form
    breaks = _line_breaks(document.text, tokens)
    if wrapped := _wrapped(document, tokens):
        document.flags.add("hard_wrapped")
        breaks = [index for index in breaks if index not in wrapped]
    joints = _joints(tokens, breaks, document.body_start)
    if joints:
        document.flags.add("paragraphs_joined_with_dot_comma")
        breaks = sorted({*breaks, *joints})
    splitter = SentenceSplitter(tokens, [index for index, mark in enumerate(form) if mark in STOPS])
    stop = 0
    first_tokens: list[int] = []
    paragraph: list[int] = []
    first_sentence: list[int] = []
    for number, (first, last) in enumerate(zip(breaks, [*breaks[1:], len(form)], strict=True)):
        is_title = tokens.start[first] < document.title_end
        starts, stop = splitter.split(first, last, stop, is_title=is_title)
        first_sentence.append(len(first_tokens))
        first_tokens += starts
        paragraph += [number] * len(starts)
    if splitter.glued:
        document.flags.add("glued_sentences")
    start, end = _raw_bounds(document.raw, tokens, first_tokens)
    document.sentences = Sentences(start, end, paragraph, [*first_tokens, len(form)])
    first_sentence.append(len(first_tokens))
    document.paragraphs = Paragraphs(
        [start[index] for index in first_sentence[:-1]],
        [end[index - 1] for index in first_sentence[1:]],
        first_sentence,
    )


def segment(document: Document, engine: Engine) -> None:
    """Ask the engine, once, for the segments of all Arabic words; other tokens keep their own form.

    Raises:
        ValueError: the engine gave back another number of words.
    """
    tokens = document.tokens
    form = tokens.form
    segments = form.copy()
    answers = engine.segment([form[index] for index in tokens.words])
    for index, answer in zip(tokens.words, answers, strict=True):
        segments[index] = answer
    tokens.segments = segments


def _line_breaks(text: str, tokens: Tokens) -> list[int]:
    """Return the indexes of the tokens that begin a line, 0 first, ascending."""
    breaks = [0]
    starts = tokens.norm_start
    for match in _BREAK.finditer(text):
        index = bisect_left(starts, match.end(), breaks[-1])
        if breaks[-1] < index < len(starts):
            breaks.append(index)
    return breaks


def _wrapped(document: Document, tokens: Tokens) -> frozenset[int]:
    """Return the tokens of the body that begin a line only because the one before was full."""
    first = bisect_left(tokens.start, document.body_start)
    if first == len(tokens):
        return frozenset()
    at = tokens.norm_start[first]
    return frozenset(tokens.at_norm(at + offset) + 1 for offset in breaks(document.text[at:]))


def _joints(tokens: Tokens, breaks: Sequence[int], body_start: int) -> list[int]:
    """Return the tokens that begin a paragraph after the comma with which a scraper joined a list of paragraphs.

    One '.,' in a body of one line, or two anywhere, give it away; then a comma after '؟', '"' or ':' counts too.
    """
    form = tokens.form
    if "," not in form:
        return []
    commas = [
        index
        for index, mark in enumerate(form)
        if mark == "," and tokens.touches_previous(index) and form[index - 1] in _ENDS_PARAGRAPH
    ]
    # ".,." and "..," are slips of the pen.
    certain = [
        index
        for index in commas
        if form[index - 1] == "."
        and form[index + 1 : index + 2] not in (["."], [","])
        and not (index > 1 and form[index - 2] == ".")
    ]
    body_lines = sum(tokens.start[index] >= body_start for index in breaks)
    if not certain or (len(certain) == 1 and body_lines > 1):
        return []
    return [index + 1 for index in commas if index + 1 < len(form) and tokens.start[index] >= body_start]


def _raw_bounds(raw: str, tokens: Tokens, first_tokens: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return raw starts and ends of the sentences that begin at `first_tokens`.

    A sentence runs from its first token to its last; what normalization dropped in the gaps between sentences (bidi
    marks, tags, control characters) is shared out so that nothing is lost.
    """
    start = [tokens.start[index] for index in first_tokens]
    end = [tokens.end[index - 1] for index in first_tokens[1:]]
    end.append(tokens.end[-1])
    head = raw[: start[0]]
    if head and not head.isspace():
        start[0] = len(head) - len(head.lstrip())
    tail = raw[end[-1] :]
    if tail and not tail.isspace():
        end[-1] += len(tail.rstrip())
    for index in range(1, len(start)):
        gap = raw[end[index - 1] : start[index]]
        if not gap or gap.isspace():
            continue
        match = _SPACE.search(gap) or _OPENER.search(gap)
        cut = match.start() if match else len(gap)
        end[index - 1] += len(gap[:cut].rstrip())
        start[index] -= len(gap[cut:].lstrip())
    return start, end
