"""Record: what a consumer reads. Every offset counts code points of `text`, `[start, end)`; text[start:end] is the claim.

Layers can be switched off per deployment: a layer that was not asked for, or that failed, is absent, never empty.
Consumers ignore keys that they do not know.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from khabar.messages.entity import Entity, Geo, LatinName, Mention, Role
from khabar.messages.figures import Quantity, Temporal, TemporalAnchor
from khabar.messages.parts import END, START, Claim, Offset, Part, Share, Span
from khabar.messages.speech import Act, Modality, Quotation, Speaker, SpeakerType, Statement

# Consumers import all of a record from here.
__all__ = [
    "END", "LAYERS", "NULLABLE_LAYERS", "OPTIONAL_LAYERS", "SCHEMA_VERSION", "START", "Act", "Claim", "Dateline",
    "Entity", "Failure", "Genre", "Geo", "Hashtag", "Language", "LatinName", "Link", "Mention", "Modality", "Offset",
    "Origin", "Part", "PartsOfSpeech", "Provenance", "Quality", "Quantity", "Quotation", "Record", "Role", "Sentence",
    "Share", "Source", "Span", "Speaker", "SpeakerType", "Statement", "Temporal", "TemporalAnchor", "Tokens", "Topic",
]  # fmt: skip

SCHEMA_VERSION: Final = "1.1"


class Source(Part):
    """The article as its producer described it, its words aside."""

    id: str = Field(description="The producer's id, else a hash of the canonical URL, else of the text.")
    url: str | None = Field(description="Address of the article's page, as sent.")
    title: str | None = Field(description="As received; `text` begins with it.")
    source: str | None = Field(description="Publisher or site.")
    author: str | None = Field(description='As sent; several of a list are joined by "، ".')
    authors: list[str] = Field(default=[], description="The names of the authors, each once.")
    published_at: datetime | None = Field(description="When it was published; null where that cannot be read.")
    modified_at: datetime | None = Field(default=None, description="When the article was last changed.")
    scraped_at: datetime | None = Field(description="When the producer fetched it.")
    section: str | None = Field(description="The publisher's section; the first of several.")
    tags: list[str] = Field(description="The publisher's own.")
    description: str | None = Field(
        default=None, description="The publisher's summary or standfirst; it is not in `text`."
    )
    image: str | None = Field(default=None, description="Address of the first picture.")
    extra: dict[str, Any] = Field(description="Other fields of the producer, unchanged.")


class Language(Part):
    """The language of the text."""

    code: str = Field(description="ISO 639-1.")
    confidence: Share = Field(description="From 0 to 1.")


class Sentence(Span):
    """A sentence and the index of the paragraph that holds it."""

    paragraph: Annotated[int, Field(ge=0)] = Field(description="Index of its paragraph in `paragraphs`.")


class Tokens(Part):
    """Tokens as columns of equal length, in text order."""

    start: list[int] = Field(description="Where each token begins, counted as every `start`.")
    end: list[int] = Field(description="The first code point behind each token.")
    segments: list[str] = Field(description="Farasa's segmentation of the normalized token, '+' between the parts.")


class PartsOfSpeech(Part):
    """Farasa's part of speech of each token, as a column beside `tokens`; Farasa's jar, asked for by name."""

    tags: list[str | None] = Field(
        description="One entry a token: the tags of its parts, '+' between them; null where Farasa cuts the text elsewhere."
    )


class Hashtag(Claim):
    """A hashtag and the words in it; '#' is inside the span."""

    words: list[str] = Field(description="The words in it, in order, without '#' and '_'.")


class Link(Claim):
    """A web address, an e-mail address or a handle."""

    kind: Literal["url", "email", "handle"] = Field(description="handle: an account, such as @name.")


class Dateline(Span):
    """The place that opens the story."""

    place: str = Field(description="The place's name as written.")


class Origin(Part):
    """Whose story it is."""

    agency: str | None = Field(description="The news agency that the article comes from.")
    dateline: Dateline | None = Field(description="The place that opens the story.")


Genre = Literal["news", "opinion", "feature", "live", "service", "release", "factcheck"]


class Topic(Part):
    """A subject of the article: one of the seventeen top-level IPTC Media Topics."""

    code: str = Field(description="IPTC Media Topics, such as medtop:15000000.")
    label_ar: str = Field(description="Arabic label, khabar's own.")
    label_en: str = Field(description="IPTC's English label.")
    score: Share = Field(description="How likely it is that an editor would give this code.")


class Quality(Part):
    """Dirt found in the text; the text itself is never changed."""

    flags: list[str] = Field(description="Names of what was found; docs/reference/quality_flags.md explains each.")


class Failure(Part):
    """An extractor that failed: its layer is missing, the rest of the record stands."""

    extractor: str = Field(description="Name of the layer that is missing.")
    error: str = Field(description="The error; never the article's words.")


class Provenance(Part):
    """The makers of this record; the same provenance and article give the same bytes."""

    khabar: str = Field(description="Version of khabar.")
    segmenter: str = Field(description="Engine of segmentation and its version.")
    models: dict[str, str] = Field(description="Part of the pipeline -> the version or hash of its model.")


# The layers that khabar makes; each has an extractor, or a builder in the pipeline's assembly.
LAYERS = (
    "paragraphs",
    "sentences",
    "tokens",
    "entities",
    "quotations",
    "statements",
    "quantities",
    "temporal",
    "hashtags",
    "links",
    "origin",
    "topics",
    "genre",
    "quality",
)

# Made only where KHABAR_LAYERS names them: they need more than khabar brings.
OPTIONAL_LAYERS = ("pos",)

# Null says that the layer was made and found nothing to say; where it was not asked for or failed, it is absent as any other.
NULLABLE_LAYERS = ("genre",)


class Record(Part):
    """One article, structured."""

    outcome_id: str | None = Field(
        default=None,
        description="The id of the record's event, in lines of `khabar records` and `khabar extract`: the same for the same "
        "outcome, so a key to upsert by. Absent on the stream, where the event has it.",
    )
    schema_version: Literal["1.0", "1.1"] = Field(
        default=SCHEMA_VERSION, description="A later minor version only adds keys; see docs/reference/messages.md."
    )
    article: Source = Field(description="The article as its producer described it.")
    language: Language = Field(description="Language of the text.")
    text: str = Field(description='The article as received: title + "\\n\\n" + body, or only the body.')
    paragraphs: list[Span] | None = Field(default=None, description="In text order.")
    sentences: list[Sentence] | None = Field(default=None, description="In text order; each lies in one paragraph.")
    tokens: Tokens | None = Field(default=None, description="Words, numbers and marks with Farasa's segmentation.")
    entities: list[Entity] | None = Field(
        default=None, description="People, organisations and places with their mentions."
    )
    quotations: list[Quotation] | None = Field(
        default=None, description="Speech between quotation glyphs, in text order."
    )
    statements: list[Statement] | None = Field(
        default=None, description="Reported speech without glyphs, in text order."
    )
    quantities: list[Quantity] | None = Field(default=None, description="Numbers that count or measure, in text order.")
    temporal_anchor: TemporalAnchor | None = Field(
        default=None, description="Of the layer `temporal`: null where nothing tells the day, absent with its layer."
    )
    temporal: list[Temporal] | None = Field(
        default=None, description="Dates, times, durations and repetitions (TIMEX3), in text order."
    )
    hashtags: list[Hashtag] | None = Field(default=None, description="In text order.")
    links: list[Link] | None = Field(default=None, description="In text order.")
    origin: Origin | None = Field(default=None, description="Whose story it is and where it was filed.")
    topics: list[Topic] | None = Field(
        default=None, description="The likeliest first; empty where none is likely enough."
    )
    genre: Genre | None = Field(
        default=None,
        description="opinion: column or editorial; feature: report, analysis, interview, explainer; live: minute by minute; "
        "service: prices, weather, listings; release: unedited press release; null where none is likely enough.",
    )
    quality: Quality | None = Field(default=None, description="Dirt found in the text.")
    pos: PartsOfSpeech | None = Field(
        default=None, description="Parts of speech of the tokens; only if KHABAR_LAYERS names them."
    )
    fingerprint: str | None = Field(
        default=None,
        description="Sketch of the story's words without title, dateline, credits and page furniture, to find copies by: the "
        "least 96 distinct hashes of three consecutive words, ascending, 32 bits each, big-endian, in base64url without "
        "padding. Null where the story has fewer than eight words. docs/how-to/stories.md says how to compare two.",
    )
    failures: list[Failure] = Field(description="Extractors that failed; their layers are absent.")
    custom: dict[str, Any] | None = Field(
        default=None,
        description="Layers that other packages make, by name; absent where no package makes one. Each has its own schema, which "
        "`khabar schema` writes where the package is installed.",
    )
    provenance: Provenance = Field(description="Versions and models that made this record.")

    def _repr_html_(self) -> str:
        """Show the record in a notebook, as `khabar view` does: in a frame of its own, whose styles reach nothing else."""
        from khabar.page.page import record_frame

        return record_frame(self.model_dump(mode="json"))

    @model_serializer(mode="wrap")
    def _leave_out_absent_layers(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        for key in ("outcome_id", *LAYERS, *OPTIONAL_LAYERS, "custom"):
            if data.get(key) is None and not (key in NULLABLE_LAYERS and key in self.model_fields_set):
                data.pop(key, None)
        if data.get("temporal_anchor") is None and "temporal_anchor" not in self.model_fields_set:
            data.pop("temporal_anchor", None)
        return data
