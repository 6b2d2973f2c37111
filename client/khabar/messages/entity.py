"""Entities of a record: people, organisations and places, each with all its mentions."""

from typing import Literal

from pydantic import Field

from khabar.messages.parts import Claim, Part

Role = Literal["story", "publisher", "byline"]


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
