"""Farasa's form of a line, without a document: `khabar segment` loads neither the record nor pydantic for it."""

from khabar.engines.base import Engine
from khabar.text.normalize import normalize
from khabar.text.tokenize import tokenize


def segment_line(line: str, engine: Engine) -> str:
    """Return a line in Farasa's form: its tokens with a space between them, '+' between the parts of a word."""
    tokens = tokenize(normalize(line))
    is_word = set(tokens.words)
    answers = iter(engine.segment([tokens.form[index] for index in tokens.words]))
    return " ".join(next(answers) if index in is_word else form for index, form in enumerate(tokens.form))
