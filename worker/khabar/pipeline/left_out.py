"""Finds again the parts of a record's text that are not story: a record says that they exist, and not where."""

from collections.abc import Mapping
from typing import Any

from khabar.grammar.page.boilerplate import boilerplate
from khabar.messages.article import Article
from khabar.pipeline.segment import split
from khabar.text.document import Document


def left_out(record: Mapping[str, Any]) -> list[tuple[int, int, str]]:
    """Return start, end and kind of each stretch of a record's text that is no story, as this version of khabar finds it.

    Args:
        record: as JSON, of any version. Kinds are those of `khabar.grammar.page.boilerplate.Stretch`.
    """
    source, text = record["article"], record["text"]
    title = source.get("title")
    has_title = bool(title) and text.startswith(f"{title}\n\n")
    document = Document.of(
        Article(
            id=source["id"],
            title=title if has_title else None,
            body=text[len(title) + 2 :] if has_title else text,
            source=source.get("source"),
            author=source.get("author"),
        )
    )
    split(document)
    return [(each.start, each.end, each.kind) for each in boilerplate(document).stretches]
