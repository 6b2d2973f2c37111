"""Document: one article as it passes through the pipeline's steps.

Tokens and sentences are stored as columns, not as one object each. Offsets count code points of the raw text, unless the name
begins with `norm`.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection
from copy import deepcopy
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from khabar.messages.article import Article
from khabar.messages.record import Claim, Language
from khabar.text.layers import Layer
from khabar.text.normalize import Normalized, normalize
from khabar.text.tokens import Tokens

T = TypeVar("T")


@dataclass(slots=True)
class Sentences:
    """S sentences as columns of length S.

    Attributes:
        start, end: raw offsets, without outer white space.
        paragraph: index of each sentence's paragraph.
        first_token: index of each sentence's first token, and at the end the number of tokens.
    """

    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    paragraph: list[int] = field(default_factory=list)
    first_token: list[int] = field(default_factory=lambda: [0])

    def __len__(self) -> int:
        return len(self.start)

    def tokens(self, index: int) -> range:
        """Return the token indexes of sentence `index`."""
        return range(self.first_token[index], self.first_token[index + 1])

    def of_token(self, token: int) -> int:
        """Return the index of the sentence that contains token `token`; O(log S)."""
        return bisect_right(self.first_token, token, 0, len(self.start)) - 1

    def at(self, offset: int) -> int:
        """Return the index of the last sentence that starts at or before raw `offset`; -1 before the first; O(log S)."""
        return bisect_right(self.start, offset) - 1


@dataclass(slots=True)
class Paragraphs:
    """P paragraphs as columns of length P; the title is one or more of them.

    Attributes:
        start, end: raw offsets, without outer white space.
        first_sentence: index of each paragraph's first sentence, and at the end the number of sentences.
    """

    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    first_sentence: list[int] = field(default_factory=lambda: [0])

    def __len__(self) -> int:
        return len(self.start)

    def sentences(self, index: int) -> range:
        """Return the sentence indexes of paragraph `index`."""
        return range(self.first_sentence[index], self.first_sentence[index + 1])


@dataclass(slots=True)
class Document:
    """An article and everything that the steps have found in it so far.

    Attributes:
        article: the article as its producer sent it.
        raw: the record's `text`; every offset in the record counts its code points.
        normalized: the normalized text, with a map back to `raw`.
        title_end: raw offset where the title ends; 0 without a title.
        body_start: raw offset where the body begins.
        tokens, sentences, paragraphs: set by the segmentation step.
        language: set by the language step.
        flags: quality flags, each described in docs/reference/quality_flags.md.
        layers: name of a layer -> its value; `get` and `require` read it with its type.
        shared: function -> its result, kept by `once`; never in the record.
    """

    article: Article
    raw: str
    normalized: Normalized
    title_end: int
    body_start: int
    tokens: Tokens = field(default_factory=Tokens)
    sentences: Sentences = field(default_factory=Sentences)
    paragraphs: Paragraphs = field(default_factory=Paragraphs)
    language: Language | None = None
    flags: set[str] = field(default_factory=set)
    layers: dict[str, Any] = field(default_factory=dict)
    shared: dict[Callable[["Document"], Any], Any] = field(default_factory=dict)

    @classmethod
    def of(cls, article: Article) -> "Document":
        """Return a document of the article, with only its text normalized."""
        raw = article.text
        title_end = len(article.title) if article.title else 0
        return cls(article, raw, normalize(raw), title_end, len(raw) - len(article.body))

    @property
    def text(self) -> str:
        """The normalized text."""
        return self.normalized.text

    def get(self, layer: Layer[T]) -> T | None:
        """Return a layer that an extractor `uses`; None if it was not asked for or has failed."""
        found: T | None = self.layers.get(layer.name)
        return found

    def require(self, layer: Layer[T]) -> T:
        """Return a layer that an extractor `requires`.

        Raises:
            LookupError: it is missing. This cannot happen to an extractor that declares it, which is then not run.
        """
        found = self.get(layer)
        if found is None:
            raise LookupError(f"the layer {layer.name!r} is not there")
        return found

    def once(self, find: Callable[["Document"], T]) -> T:
        """Return `find(self)`, such as the document's numerals; `find` runs once, however many extractors ask."""
        if find not in self.shared:
            self.shared[find] = find(self)
        found: T = self.shared[find]
        return found

    def copy(self, layers: Collection[str]) -> "Document":
        """Return a copy with only these layers; changes to the copy never reach this document."""
        return Document(
            self.article.model_copy(deep=True),
            self.raw,
            self.normalized.copy(),
            self.title_end,
            self.body_start,
            _with_own_columns(self.tokens),
            _with_own_columns(self.sentences),
            _with_own_columns(self.paragraphs),
            self.language,
            set(self.flags),
            {name: deepcopy(self.layers[name]) for name in layers if name in self.layers},
        )

    def raw_span(self, norm_start: int, norm_end: int) -> tuple[int, int]:
        """Return the raw span of a non-empty normalized span; O(1)."""
        return self.normalized.raw_span(norm_start, norm_end)

    def token_span(self, first: int, last: int, *, skip: int = 0) -> tuple[int, int]:
        """Return the raw span from token `first` to the end of token `last`, without the first `skip` letters.

        Proclitics are never in a span of the record: for وبغداد, skip the two letters و and ب.
        """
        tokens = self.tokens
        start = self.normalized.raw_start(tokens.norm_start[first] + skip) if skip else tokens.start[first]
        return start, tokens.end[last]

    def form(self, start: int, end: int) -> str:
        """Return the normalized form of a raw span."""
        norm_start, norm_end = self.normalized.span(start, end)
        return self.normalized.text[norm_start:norm_end]

    def claim(self, start: int, end: int) -> Claim:
        """Return the raw span with its text."""
        return Claim(start=start, end=end, text=self.raw[start:end])


_Columns = TypeVar("_Columns", Tokens, Sentences, Paragraphs)


def _with_own_columns(table: _Columns) -> _Columns:
    return type(table)(*(list(getattr(table, column.name)) for column in fields(table)))
