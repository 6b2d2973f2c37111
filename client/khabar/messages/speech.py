"""Who says what: quotations between glyphs, and statements in the reporter's words."""

from typing import Annotated, Literal

from pydantic import Field

from khabar.messages.parts import END, START, Claim, Offset, Part

SpeakerType = Literal["person", "organisation", "document", "anonymous", "scripture"]
Act = Literal[
    "state", "announce", "confirm", "deny", "reject", "expect", "promise", "threaten", "warn", "demand", "accuse", "condemn",
    "praise", "ask",
]  # fmt: skip
Modality = Literal["negated", "future", "conditional", "possible"]


class Speaker(Part):
    """The speaker. Only a person, body, document, anonymous source or scripture can be one."""

    name: str = Field(description="The canonical name, or the description as written of who is never named.")
    entity: str | None = Field(description="Id of an entity of this record.")
    type: SpeakerType = Field(
        default="person",
        description="person: also people without names. organisation: also a government that its country's name stands for. "
        "document: a text whose issuer the article does not name. anonymous: a source that must stay unknown.",
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
    act: Act = Field(default="state", description="The speech act: what the speaker does by saying it.")
    pro_drop: bool = Field(description="The cue has no subject of its own; the speaker comes from before.")


class Statement(Claim):
    """Reported speech in the reporter's words; speech between glyphs is a Quotation."""

    kind: Literal["clause", "nominal", "according_to"] = Field(
        description="clause behind أن, إن or a colon; nominal: a noun phrase that says what is said; according_to: the clause "
        "that بحسب, وفق and the like attribute.",
    )
    speaker: Speaker | None = Field(description="Null where the text does not tell.")
    cue: Claim | None = Field(description="The reporting verb or word; null for a label and colon.")
    act: Act = Field(description="The speech act: what the speaker does by saying it.")
    modality: Modality | None = Field(
        description="Where the clause's first words mark it; null for unmarked and noun phrases."
    )
    pro_drop: bool = Field(description="The cue has no subject of its own; the speaker comes from before.")
    quotations: list[Annotated[int, Field(ge=0)]] = Field(
        description="Indexes of the quotations that stand inside: a claim partly in the speaker's own words.",
    )
