"""The meaning of a record's codes, in English for a reader."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from khabar.page.html import named

_MODIFIERS: Final = {"exact": "", "about": "about", "more_than": "more than", "at_least": "at least"} | {
    "less_than": "less than", "at_most": "at most", "between": "between", "vague": "some",
}  # fmt: skip
_ANCHORS: Final = {
    "published_at": "the publication date",
    "text": "a date or weekday in the text",
    "url": "the address",
    "dateline": "the dateline",
    "scraped_at": "the day of scraping",
}
_PARTS: Final = {"MO": "morning", "AF": "afternoon", "EV": "evening", "NI": "night", "DT": "daytime", "MI": "midday"}
_REFERENCES: Final = {"PAST_REF": "in the past", "PRESENT_REF": "now", "FUTURE_REF": "in the future"}
_STATEMENTS: Final = {"clause": "a clause", "nominal": "a noun phrase", "according_to": "by “according to”"}
ACTS: Final = {
    "state": "says", "announce": "announces", "confirm": "confirms", "deny": "denies", "reject": "rejects", "expect": "expects",
    "promise": "promises", "threaten": "threatens", "warn": "warns", "demand": "demands", "accuse": "accuses",
    "condemn": "condemns", "praise": "praises", "ask": "asks",
}  # fmt: skip


def plain(code: object) -> str:
    """Return a code as words: more_than is "more than"."""
    return str(code).replace("_", " ")


def act(code: object) -> str:
    """Return what a speaker does: announce is "announces"."""
    return ACTS.get(str(code), plain(code))


def kind(layer: str, code: object) -> str:
    """Return what kind of quotation or statement it is."""
    if layer == "quotations":
        return f"{plain(code)} quotation"
    return f"statement, {_STATEMENTS.get(str(code), plain(code))}"


def amount(quantity: Mapping[str, Any]) -> str:
    """Return a figure's number with how it is meant: "more than 11,500", "10 to 20"."""
    value, lower, upper = (quantity.get(key) for key in ("value", "lower", "upper"))
    if value is not None:
        number = _number(value)
    elif lower is not None and upper is not None:
        return f"{_number(lower)} to {_number(upper)}"
    elif lower is not None:
        return f"from {_number(lower)}"
    elif upper is not None:
        return f"up to {_number(upper)}"
    else:
        return "not told"
    return f"{_MODIFIERS.get(str(quantity.get('modifier')), plain(quantity.get('modifier')))} {number}".strip()


def _number(value: object) -> str:
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def moment(value: str) -> str:
    """Return a TIMEX3 value as words where it is more than a date: 2018-12-27TMO is "2018-12-27, morning"."""
    if value in _REFERENCES:
        return _REFERENCES[value]
    day, _, hour = value.partition("T")
    if day and hour in _PARTS:
        return f"{day}, {_PARTS[hour]}"
    return f"{day} {hour}".strip() if day and not value.startswith(("P", "R")) else value


def anchor(found: Mapping[str, Any]) -> str:
    """Return how the article's day is known."""
    source = _ANCHORS.get(str(found.get("source")), plain(found.get("source")))
    return f"{source}{'' if found.get('agrees', True) else '; other evidence disagrees'}"


@cache
def _flags() -> dict[str, str]:
    lines = files(__package__).joinpath("flags.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def flag(name: str) -> str:
    """Return what a quality flag means; nothing for one of a later version."""
    return _flags().get(name, "")


# Flags that tell of what no claim was looked for in.
LEFT_OUT: Final = frozenset(
    {"byline_in_text", "caption_remains", "code_remains", "contact_remains", "furniture", "link_remains", "paragraph_repeated",
     "tags_in_text", "title_repeated"}
)  # fmt: skip


def heading(record: Mapping[str, Any]) -> str:
    """Return the words for the title of a window: the article's title, else its first words."""
    words = " ".join(str(record["article"].get("title") or record["text"][:200]).split())
    return named(words if len(words) <= 80 else words[:80] + "…")
