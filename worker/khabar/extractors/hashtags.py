"""Hashtags and the words in them: #قوات_سوريا_الديمقراطية has three."""

import re
from typing import Final

from khabar.extractors.base import Extractor
from khabar.messages.record import Hashtag
from khabar.text.document import Document

# Colours such as #fff and #7b7a7a, from style sheets in scraped text.
_COLOUR: Final = re.compile("(?:[0-9A-Fa-f]{3}){1,2}")


class HashtagExtractor(Extractor):
    """Finds each '#' with the letters, digits and '_' that touch it, at least one letter; no colours or URL fragments."""

    layer = "hashtags"

    def extract(self, document: Document) -> list[Hashtag]:
        """Return the hashtags in text order; `words` are normalized, the span is as typed."""
        if "#" not in document.text:
            return []
        form = document.tokens.form
        # A '#' inside a link is not a separate token.
        signs = (index for index, token in enumerate(form) if token == "#")  # noqa: S105
        return [hashtag for sign in signs if (hashtag := _hashtag(document, sign))]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return HashtagExtractor()


def _hashtag(document: Document, sign: int) -> Hashtag | None:
    tokens = document.tokens
    form = tokens.form
    if tokens.touches_previous(sign) and form[sign - 1][-1].isalnum() and form[sign - 1].isascii():
        return None  # C#, page1#top; but و#سوريا is a hashtag
    end = sign + 1
    while end < len(form) and tokens.touches_previous(end) and _is_inside(form[end]):
        end += 1
    while form[end - 1] == "_":
        end -= 1
    name = document.text[tokens.norm_end[sign] : tokens.norm_end[end - 1]]
    if end == sign + 1 or not any(map(str.isalpha, name)) or _COLOUR.fullmatch(name):
        return None
    start, stop = document.token_span(sign, end - 1)
    words = [word for word in name.split("_") if word]
    return Hashtag(start=start, end=stop, text=document.raw[start:stop], words=words)


def _is_inside(token: str) -> bool:
    return token == "_" or token.isalnum()  # noqa: S105
