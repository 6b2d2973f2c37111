"""spaCy: a record as a Doc with khabar's tokens, sentences and names, and many of them as a DocBin for `spacy train`."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khabar.errors import NotInstalled

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab


def to_doc(record: Mapping[str, Any], vocab: "Vocab | None" = None) -> "Doc":
    """Return a record as a Doc, whose text is the record's to the last character.

    Tokens are khabar's, cut where a claim begins or ends within one. `ents` are the mentions of entities (PER, ORG, LOC); where
    two overlap, the longer one. `spans` has `mentions` with all of
    them, `quotations` and `statements` with the speaker's name as the span's id. `user_data` has `outcome_id` and `article`.

    Args:
        record: as JSON, of any version, with its tokens.
        vocab: of the pipeline that reads it; else that of a blank Arabic one.

    Raises:
        NotInstalled: spaCy is not installed.
        ValueError: the record has no tokens.
    """
    try:
        import spacy
        from spacy.tokens import Doc, SpanGroup
        from spacy.util import filter_spans
    except ImportError as error:
        raise NotInstalled("this export needs spaCy; run: pip install spacy") from error
    if not record.get("tokens"):
        raise ValueError("the record has no tokens: KHABAR_LAYERS left them out, or they failed")
    claims = {layer: record.get(layer) or () for layer in ("quotations", "statements")}
    mentions = [(each, entity["type"]) for entity in record.get("entities") or () for each in entity["mentions"]]
    claimed = [*(each for each, _ in mentions), *(each for found in claims.values() for each in found)]
    cuts = {at for each in claimed for at in (each["start"], each["end"])}
    words, spaces = _words(record["text"], record["tokens"], cuts)
    doc = Doc(vocab or spacy.blank("ar").vocab, words=words, spaces=spaces)
    begins = {sentence["start"] for sentence in record.get("sentences") or ()}
    for token in doc:
        token.is_sent_start = token.idx in begins or token.i == 0
    named = [doc.char_span(each["start"], each["end"], label=kind) for each, kind in mentions]
    doc.ents = filter_spans(named)
    doc.spans["mentions"] = SpanGroup(doc, spans=sorted(named))
    for layer, found in claims.items():
        said = [
            doc.char_span(
                each["start"], each["end"], label=each["kind"], span_id=(each["speaker"] or {}).get("name", "")
            )
            for each in found
        ]
        doc.spans[layer] = SpanGroup(doc, spans=said)
    doc.user_data |= {"outcome_id": record.get("outcome_id"), "article": dict(record["article"])}
    return doc


def write_docbin(records: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write records as one DocBin, for `spacy train` and `DocBin().from_disk`.

    Args:
        records: as JSON.
        path: of the file, such as corpus.spacy.

    Returns:
        How many there are.

    Raises:
        NotInstalled, ValueError: as in `to_doc`.
    """
    docs = (to_doc(record) for record in records)
    first = next(docs, None)
    from spacy.tokens import DocBin

    found = DocBin(store_user_data=True)
    if first is not None:
        found.add(first)
    for doc in docs:
        found.add(doc)
    found.to_disk(path)
    return len(found)


def _words(text: str, tokens: Mapping[str, list[int]], cuts: set[int]) -> tuple[list[str], list[bool]]:
    """Return the words, and whether a space follows each.

    A token is cut where a claim begins or ends inside it, as a name does after a proclitic (و|عطبرة). Any characters between
    tokens other than one space become a word of their own, so that no text is lost.
    """
    borders = sorted({0, len(text), *tokens["start"], *tokens["end"], *cuts})
    words: list[str] = []
    spaces: list[bool] = []
    for start, end in pairwise(borders):
        part = text[start:end]
        if part.startswith(" ") and words and not spaces[-1] and not words[-1].isspace():
            spaces[-1] = True
            part = part[1:]
        if part:
            words.append(part)
            spaces.append(False)
    return words, spaces
