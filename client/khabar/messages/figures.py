"""Figures of a record: quantities, TIMEX3 expressions, and the day that dates are resolved against."""

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
        description="The measure in UCUM's codes (m, kg, Cel, %); null for other nouns and for measures without one size.",
    )
    currency: str | None = Field(
        default=None,
        description="ISO 4217; null where countries share the currency's name and nothing tells which is meant.",
    )
    category: str = Field(
        description="Kind of number: killed, wounded, people, money, percent and more; docs/reference/layers.md has all."
    )


class TemporalAnchor(Part):
    """The day on which the article was written: relative dates are resolved against it."""

    date: dt.date = Field(description="The day, without a time.")
    source: Literal["published_at", "text", "url", "dateline", "scraped_at"] = Field(
        description="Evidence for the day: text for a weekday or date beside a word such as أمس; scraped_at if no other.",
    )
    agrees: bool = Field(
        description="False where evidence gives another day. A later day of scraping is not a conflict."
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
