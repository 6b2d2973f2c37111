"""Web addresses, e-mail addresses and handles."""

from khabar.extractors.base import Extractor
from khabar.messages.record import Link
from khabar.text.document import Document
from khabar.text.tokenize import LINK


class LinkExtractor(Extractor):
    """Collects the tokens that are links; the tokenizer has already cut off the punctuation around them."""

    layer = "links"

    def extract(self, document: Document) -> list[Link]:
        """Return the links in text order."""
        tokens = document.tokens
        if "@" not in document.text and "." not in document.text:
            return []
        found = []
        for index, token in enumerate(tokens.form):
            if len(token) < 3 or not ("@" in token or "." in token or "://" in token):
                continue
            match = LINK.fullmatch(token)
            if match and match.lastgroup:
                start, end = tokens.start[index], tokens.end[index]
                found.append(
                    Link.model_validate(
                        {"start": start, "end": end, "text": document.raw[start:end], "kind": match.lastgroup}
                    )
                )
        return found


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return LinkExtractor()
