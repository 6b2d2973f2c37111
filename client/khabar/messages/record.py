"""Record: what a consumer reads. Every offset counts code points of `text`, `[start, end)`; text[start:end] is the claim.

Layers can be switched off per deployment: a layer that was not asked for, or that failed, is absent, never empty.
Consumers ignore keys that they do not know.
"""

import datetime as dt
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

SCHEMA_VERSION: Final = "1.1"

Offset = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
START: Final = "Where it begins: Unicode code points over the record's `text`, from 0; not UTF-16 units, not bytes."
END: Final = "Where it ends: the first code point behind it, counted as `start`."


class Part(BaseModel):
    """A part of a record: immutable and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Part):
    """A stretch of the record's text."""

    start: Offset = Field(description=START)
    end: Offset = Field(description=END)


class Claim(Span):
    """A span that repeats its own words."""

    text: str = Field(description="text[start:end] of the record.")


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
    extra: dict[str, Any] = Field(description="What the producer sent besides, untouched.")


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


class Mention(Claim):
    """One mention of an entity."""

    kind: Literal["name", "nominal"] = Field(
        description="name: the name or a part of it; nominal: a noun that stands for an organisation named before."
    )


class Geo(Part):
    """Where a place is."""

    geonames_id: int = Field(description="Id in GeoNames (https://www.geonames.org).")
    country: str = Field(description="ISO 3166-1 alpha-2.")
    lat: float = Field(description="Latitude in degrees, WGS 84.")
    lon: float = Field(description="Longitude in degrees, WGS 84.")
    name_en: str | None = Field(
        default=None, description="The place's name in English; null in records of khabar before 0.5."
    )


Role = Literal["story", "publisher", "byline"]


class LatinName(Part):
    """An entity's name in Latin letters."""

    text: str = Field(description="The name as English news write it.")
    basis: Literal["known", "romanized"] = Field(
        description="known: a list has the name; romanized: made by rule, from the usual spelling of an Arabic name's parts or "
        "by translating an organisation's words."
    )


class Entity(Part):
    """A person, organisation or place with all its mentions."""

    id: str = Field(description="Within this record; speakers refer to it.")
    type: Literal["PER", "ORG", "LOC"] = Field(description="Person, organisation or place.")
    name: str = Field(description="The fullest name in the article.")
    key: str = Field(
        default="",
        description="The name with spelling variants folded (hamza, final ya, ta marbuta, عبد joined), to join articles by.",
    )
    name_latin: LatinName | None = Field(
        default=None,
        description="The name for readers without Arabic; null rather than a foreign name spelled by rule, and in records of "
        "khabar before 0.5.",
    )
    role: Role = Field(
        default="story",
        description="publisher of the outlet or agency of this article itself, byline of its author, story of all others.",
    )
    mentions: list[Mention] = Field(description="Every mention, in text order.")
    geo: Geo | None = Field(
        description="Where a place is; null where that is not known, and for people and organisations."
    )


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
    start: Offset = Field(description=START)
    end: Offset = Field(description=END)


class Quotation(Claim):
    """Somebody's words between quotation glyphs; the glyphs are outside."""

    kind: Literal["direct", "partial"] = Field(
        description="direct: a clause taken over as it stands; partial: words built into the reporter's sentence."
    )
    group: int | None = Field(description="Equal for the parts of one broken quotation.")
    speaker: Speaker | None = Field(description="Null where the text does not tell.")
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
    speaker: Speaker | None = Field(description="Null where the text does not tell.")
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

    value: float | None = Field(
        description="The plain number: 15 ألف is 15000; null for ranges and vague numbers, which have bounds."
    )
    lower: float | None = Field(description="Lower bound, where the text gives one.")
    upper: float | None = Field(description="Upper bound, where the text gives one.")
    modifier: Literal["exact", "about", "more_than", "at_least", "less_than", "at_most", "between", "vague"] = Field(
        description="How the number is meant."
    )
    unit: str | None = Field(description="The counted noun as written, without its adjectives; % for percentages.")
    unit_code: str | None = Field(
        default=None,
        description="What is measured, in UCUM's codes (m, kg, Cel, %); null where it is no measure of one size.",
    )
    currency: str | None = Field(
        default=None,
        description="ISO 4217; null where countries share the currency's name and nothing tells which is meant.",
    )
    category: str = Field(
        description="What it is about: killed, wounded, people, money, percent, distance, other and more; "
        "docs/reference/layers.md has all."
    )


class TemporalAnchor(Part):
    """The day on which the article was written: relative dates are resolved against it."""

    date: dt.date = Field(description="The day, without a time.")
    source: Literal["published_at", "text", "url", "dateline", "scraped_at"] = Field(
        description="What tells the day: text for a weekday or date beside a word such as أمس; scraped_at if nothing else does.",
    )
    agrees: bool = Field(
        description="Whether no evidence tells another day. That the article was scraped later is no conflict."
    )


class Temporal(Claim):
    """A TIMEX3 expression; `value` is null where no anchor resolves it."""

    type: Literal["DATE", "TIME", "DURATION", "SET"] = Field(description="TIMEX3 type.")
    value: str | None = Field(
        description="TIMEX3 value, such as 2018-12-27, 2018-W51 or P2D; null where no anchor resolves it."
    )
    mod: str | None = Field(
        description="TIMEX3 modifier: APPROX, START, MID, END, BEFORE, AFTER, MORE_THAN or LESS_THAN."
    )
    hijri: str | None = Field(default=None, description="The Hijri date where the text gives one.")


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
    """What the article is about: one of the seventeen top-level IPTC Media Topics."""

    code: str = Field(description="IPTC Media Topics, such as medtop:15000000.")
    label_ar: str = Field(description="Arabic label, khabar's own.")
    label_en: str = Field(description="IPTC's English label.")
    score: Share = Field(description="How likely it is that an editor would give it, beside others or alone.")


class Quality(Part):
    """What was found to be dirty; the text itself is never changed."""

    flags: list[str] = Field(description="Names of what was found; docs/reference/quality_flags.md explains each.")


class Failure(Part):
    """An extractor that failed: its layer is missing, the rest of the record stands."""

    extractor: str = Field(description="Name of the layer that is missing.")
    error: str = Field(description="What went wrong; never the article's words.")


class Provenance(Part):
    """What made this record; the same provenance and article give the same bytes."""

    khabar: str = Field(description="Version of khabar.")
    segmenter: str = Field(description="Engine of segmentation and its version.")
    models: dict[str, str] = Field(description="What each part was made with -> its version or hash.")


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

    outcome_id: str | None = Field(
        default=None,
        description="The id of the record's event, in lines of `khabar records` and `khabar extract`: the same for the same "
        "outcome, so a key to upsert by. Absent on the stream, where the event has it.",
    )
    schema_version: Literal["1.0", "1.1"] = Field(
        default=SCHEMA_VERSION, description="A later minor version only adds keys; see docs/reference/messages.md."
    )
    article: Source = Field(description="The article as its producer described it.")
    language: Language = Field(description="What the text is written in.")
    text: str = Field(description='The article as received: title + "\\n\\n" + body, or the body alone.')
    paragraphs: list[Span] | None = Field(default=None, description="In text order.")
    sentences: list[Sentence] | None = Field(default=None, description="In text order; each lies in one paragraph.")
    tokens: Tokens | None = Field(default=None, description="Words, numbers and marks with Farasa's segmentation.")
    entities: list[Entity] | None = Field(
        default=None, description="People, organisations and places with their mentions."
    )
    quotations: list[Quotation] | None = Field(
        default=None, description="What stands between quotation glyphs and is speech, in text order."
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
    quality: Quality | None = Field(default=None, description="What is dirty about the text.")
    pos: PartsOfSpeech | None = Field(default=None, description="Parts of speech of the tokens; only where asked for.")
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
    provenance: Provenance = Field(description="What made this record.")

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
