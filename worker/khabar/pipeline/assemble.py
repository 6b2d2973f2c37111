"""Step 4: Document to Record, and Record to bytes."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import orjson

from khabar.grammar.temporal.anchor import anchor
from khabar.messages.record import (
    LAYERS,
    NULLABLE_LAYERS,
    OPTIONAL_LAYERS,
    Failure,
    Provenance,
    Quality,
    Record,
    Sentence,
    Source,
    Span,
    TemporalAnchor,
    Tokens,
)
from khabar.pipeline.fingerprint import fingerprint
from khabar.text.document import Document


def assemble(
    document: Document, failures: Sequence[Failure], layers: Collection[str], provenance: Provenance
) -> Record:
    """Build the record.

    Args:
        document: all steps done.
        failures: of the extractors; those of layers that nobody asked for are left out.
        layers: the wanted layers of the record; layers that are not keys of the record go into `custom`.
        provenance: versions of the parts that made it.
    """
    article = document.article
    found: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, value in sorted(document.layers.items()):
        if name in layers and (value is not None or name in NULLABLE_LAYERS):
            (found if name in _KEYS else custom)[name] = value
    for name, build in _BUILDERS.items():
        if name in layers:
            found[name] = build(document)
    if "temporal" in found:
        found["temporal_anchor"] = _temporal_anchor(document)
    return Record(
        article=Source(
            id=article.id,
            url=article.url,
            title=article.title,
            source=article.source,
            author=article.author,
            authors=article.authors,
            published_at=article.published_at,
            modified_at=article.modified_at,
            scraped_at=article.scraped_at,
            section=article.section,
            tags=article.tags,
            description=article.description,
            image=article.image,
            extra=article.extra,
        ),
        language=document.language,
        text=document.raw,
        fingerprint=fingerprint(document),
        failures=list(failures),
        custom=custom or None,
        provenance=provenance,
        **found,
    )


def _paragraphs(document: Document) -> list[Span]:
    paragraphs = document.paragraphs
    return [Span(start=start, end=end) for start, end in zip(paragraphs.start, paragraphs.end, strict=True)]


def _sentences(document: Document) -> list[Sentence]:
    sentences = document.sentences
    columns = zip(sentences.start, sentences.end, sentences.paragraph, strict=True)
    return [Sentence(start=start, end=end, paragraph=paragraph) for start, end, paragraph in columns]


def _tokens(document: Document) -> Tokens:
    tokens = document.tokens
    return Tokens(start=tokens.start, end=tokens.end, segments=tokens.segments)


def _temporal_anchor(document: Document) -> TemporalAnchor | None:
    day = document.once(anchor)
    return TemporalAnchor(date=day.day, source=day.source, agrees=day.agrees) if day else None


def _quality(document: Document) -> Quality:
    return Quality(flags=sorted(document.flags))


_BUILDERS = {"paragraphs": _paragraphs, "sentences": _sentences, "tokens": _tokens, "quality": _quality}
BUILT_LAYERS: Final = frozenset(_BUILDERS)  # all others are an extractor's
_KEYS: Final = frozenset((*LAYERS, *OPTIONAL_LAYERS))


def record_bytes(record: Record) -> bytes:
    """Return the record as JSON: UTF-8, absent layers left out, nulls inside kept, times as ISO 8601 with offset."""
    return orjson.dumps(record.model_dump(mode="python"))
