"""Record: what a consumer reads. Every offset counts code points of `text`, `[start, end)`; text[start:end] is the claim.

Layers can be switched off per deployment: a layer that was not asked for, or that failed, is absent, never empty.
Consumers ignore keys that they do not know.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

SCHEMA_VERSION: Final = "1.1"

Offset = Annotated[int, Field(ge=0, description="Unicode code points over the record's `text`.")]
Share = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """A part of a record: immutable and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Part):
    """A stretch of the record's text."""

    start: Offset
    end: Offset


class Claim(Span):
    """A span that repeats its own words."""

    text: str = Field(description="text[start:end] of the record.")


class Source(Part):
    """The article as its producer described it, its words aside."""

    id: str = Field(description="The producer's id, else a hash of the URL, else of the text.")
    url: str | None
    title: str | None
    source: str | None = Field(description="Publisher or site.")
    author: str | None
    published_at: datetime | None
    scraped_at: datetime | None
    section: str | None
    tags: list[str]
    extra: dict[str, Any] = Field(description="What the producer sent besides, untouched.")


class Language(Part):
    """The language of the text."""

    code: str = Field(description="ISO 639-1.")
    confidence: Share


class Sentence(Span):
    """A sentence and the index of the paragraph that holds it."""

    paragraph: Annotated[int, Field(ge=0)]


class Tokens(Part):
    """Tokens as columns of equal length, in text order."""

    start: list[int]
    end: list[int]
    segments: list[str] = Field(description="Farasa's segmentation of the normalized token, '+' between the parts.")


class PartsOfSpeech(Part):
    """Farasa's part of speech of each token, as a column beside `tokens`; Farasa's jar, asked for by name."""

    tags: list[str | None] = Field(
        description="One entry a token: the tags of its parts, '+' between them; null where Farasa cuts the text elsewhere."
    )


class Mention(Claim):
    """One mention of an entity."""

    kind: Literal["name", "nominal"]


class Geo(Part):
    """Where a place is."""

    geonames_id: int
    country: str = Field(description="ISO 3166-1 alpha-2.")
    lat: float
    lon: float


Role = Literal["story", "publisher", "byline"]


class Entity(Part):
    """A person, organisation or place with all its mentions."""

    id: str
    type: Literal["PER", "ORG", "LOC"]
    name: str = Field(description="The fullest name in the article.")
    key: str = Field(
        default="",
        description="The name with spelling variants folded (hamza, final ya, ta marbuta, عبد joined), to join articles by.",
    )
    role: Role = Field(
        default="story",
        description="publisher of the outlet or agency of this article itself, byline of its author, story of all others.",
    )
    mentions: list[Mention]
    geo: Geo | None


SpeakerType = Literal["person", "organisation", "document", "anonymous", "scripture"]
Act = Literal[
    "state", "announce", "confirm", "deny", "reject", "expect", "promise", "threaten", "warn", "demand", "accuse", "condemn",
    "praise", "ask",
]  # fmt: skip


class Speaker(Part):
    """Who says it; what can be none of the types is no speaker."""

    name: str = Field(description="The canonical name, or the description as written of who is never named.")
    entity: str | None = Field(description="Id of an entity of this record.")
    type: SpeakerType = Field(
        default="person",
        description="person also of people without names; organisation also of a government that its country's name stands for; "
        "document of a text whose issuer the article does not tell; anonymous of who is not to be known.",
    )
    gender: Literal["m", "f"] | None = Field(
        default=None,
        description="Grammatical gender that the text shows of a single person; null for bodies, groups and the unknown.",
    )
    start: Offset
    end: Offset


class Quotation(Claim):
    """Somebody's words between quotation glyphs; the glyphs are outside."""

    kind: Literal["direct", "partial"]
    group: int | None = Field(description="Equal for the parts of one broken quotation.")
    speaker: Speaker | None
    cue: Claim | None = Field(description="The reporting verb or word.")
    act: Act = Field(default="state", description="What the speaker does by saying it.")
    pro_drop: bool = Field(description="The cue has no subject of its own; the speaker comes from before.")


Modality = Literal["negated", "future", "conditional", "possible"]


class Statement(Claim):
    """What somebody is reported to have said, in the reporter's words; what stands between glyphs is a Quotation."""

    kind: Literal["clause", "nominal", "according_to"] = Field(
        description="clause behind أن, إن or a colon; nominal: a noun phrase that says what is said; according_to: the clause "
        "that بحسب, وفق and the like attribute.",
    )
    speaker: Speaker | None
    cue: Claim | None = Field(description="The reporting verb or word; null for a label and colon.")
    act: Act = Field(description="What the speaker does by saying it.")
    modality: Modality | None = Field(
        description="Where the clause's first words mark it; null for unmarked and noun phrases."
    )
    pro_drop: bool = Field(description="The cue has no subject of its own; the speaker comes from before.")
    quotations: list[Annotated[int, Field(ge=0)]] = Field(
        description="Indexes of the quotations that stand inside: a claim partly in the speaker's own words.",
    )


class Quantity(Claim):
    """A number that counts or measures something."""

    value: float | None
    lower: float | None
    upper: float | None
    modifier: Literal["exact", "about", "more_than", "at_least", "less_than", "at_most", "between", "vague"]
    unit: str | None
    category: str


class Temporal(Claim):
    """A TIMEX3 expression; `value` is null where no anchor resolves it."""

    type: Literal["DATE", "TIME", "DURATION", "SET"]
    value: str | None
    mod: str | None
    hijri: str | None = Field(default=None, description="The Hijri date where the text gives one.")


class Hashtag(Claim):
    """A hashtag and the words in it; '#' is inside the span."""

    words: list[str]


class Link(Claim):
    """A web address, an e-mail address or a handle."""

    kind: Literal["url", "email", "handle"]


class Dateline(Span):
    """The place that opens the story."""

    place: str


class Origin(Part):
    """Whose story it is."""

    agency: str | None
    dateline: Dateline | None


Genre = Literal["news", "opinion", "feature", "live", "service", "release", "factcheck"]


class Topic(Part):
    """What the article is about: one of the seventeen top-level IPTC Media Topics."""

    code: str = Field(description="IPTC Media Topics, such as medtop:15000000.")
    label_ar: str = Field(description="Arabic label, khabar's own.")
    label_en: str = Field(description="IPTC's English label.")
    score: Share = Field(description="How likely it is that an editor would give it, beside others or alone.")


class Quality(Part):
    """What was found to be dirty; the text itself is never changed."""

    flags: list[str]


class Failure(Part):
    """An extractor that failed: its layer is missing, the rest of the record stands."""

    extractor: str
    error: str


class Provenance(Part):
    """What made this record; the same provenance and article give the same bytes."""

    khabar: str
    segmenter: str
    models: dict[str, str]


# What khabar makes; each has a builder in the pipeline's assembly or an extractor.
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

    schema_version: Literal["1.0", "1.1"] = SCHEMA_VERSION
    article: Source
    language: Language
    text: str = Field(description='The article as received: title + "\\n\\n" + body, or the body alone.')
    paragraphs: list[Span] | None = None
    sentences: list[Sentence] | None = None
    tokens: Tokens | None = None
    entities: list[Entity] | None = None
    quotations: list[Quotation] | None = None
    statements: list[Statement] | None = None
    quantities: list[Quantity] | None = None
    temporal: list[Temporal] | None = None
    hashtags: list[Hashtag] | None = None
    links: list[Link] | None = None
    origin: Origin | None = None
    topics: list[Topic] | None = Field(
        default=None, description="The likeliest first; empty where none is likely enough."
    )
    genre: Genre | None = Field(
        default=None,
        description="opinion: column or editorial; feature: report, analysis, interview, explainer; live: minute by minute; "
        "service: prices, weather, listings; release: unedited press release; null where none is likely enough.",
    )
    quality: Quality | None = None
    pos: PartsOfSpeech | None = None
    failures: list[Failure]
    custom: dict[str, Any] | None = Field(
        default=None,
        description="Layers that other packages make, by name; absent where no package makes one. Each has its own schema, which "
        "`khabar schema` writes where the package is installed.",
    )
    provenance: Provenance

    @model_serializer(mode="wrap")
    def _leave_out_absent_layers(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = handler(self)
        for layer in (*LAYERS, *OPTIONAL_LAYERS, "custom"):
            if data.get(layer) is None and not (layer in NULLABLE_LAYERS and layer in self.model_fields_set):
                data.pop(layer, None)
        return data
