"""docs/reference/record.md: every key of the messages, model by model, from the models themselves."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.messages.rejection import Rejection
from khabar.messages.story import Story
from manual.markdown import code, page, table
from manual.types import shown_type

ABOUT = """
Every key of the four messages. The same models give the JSON Schemas in [docs/schema](../schema). The meaning of the layers, with
examples: [layers.md](layers.md). How messages travel and how they change: [messages.md](messages.md). The meaning of a key says
whether it may be absent; consumers ignore keys that they do not know.
"""
MESSAGES = (Record, Rejection, Story, Article)


def record_page() -> str:
    """Return the page."""
    parts = [ABOUT]
    for model in models():
        rows = [(code(name), shown_type(info.annotation), info.description or "") for name, info in fields(model)]
        level = "##" if model in MESSAGES else "###"
        parts += [f"{level} {model.__name__}", _about(model), table(("key", "values", "meaning"), rows)]
    return page("Record, rejection, story, article: every key", *parts)


def models() -> list[type[BaseModel]]:
    """Return the models of the messages, each behind the first that uses it."""
    found: dict[type[BaseModel], None] = {}

    def visit(model: type[BaseModel]) -> None:
        if model not in found:
            found[model] = None
            for _, info in fields(model):
                for inner in _inside(info.annotation):
                    visit(inner)

    for message in MESSAGES:
        visit(message)
    return list(found)


def fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a model by the names that JSON has."""
    for name, info in model.model_fields.items():
        yield info.serialization_alias or info.alias or name, info


def _inside(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for each in get_args(kind):
        yield from _inside(each)


def _about(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").partition("\n\n")[0].split())
