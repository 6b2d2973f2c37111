"""What counts and what dates: quantities, TIMEX3 expressions, and the day that dates are resolved against."""

import datetime as dt
from typing import Literal

from pydantic import Field

from khabar.messages.parts import Claim, Part


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
        description="What it is about: killed, wounded, people, money, percent, distance, other and more; docs/layers.md has all."
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
