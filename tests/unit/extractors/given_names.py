"""Entities as a case gives them: who is named is another layer's matter."""

from khabar.extractors.base import Extractor
from khabar.messages.record import Entity, Mention
from khabar.text.document import Document


class GivenNames(Extractor):
    """Every place of the names that the case gives in `extra`."""

    layer = "entities"

    def extract(self, document: Document) -> list[Entity]:
        found = []
        for number, (kind, name) in enumerate(name.split(" ", 1) for name in document.article.extra.get("names", ())):
            mentions = [
                Mention(start=start, end=start + len(name), text=name, kind="name")
                for start in range(len(document.raw))
                if document.raw.startswith(name, start)
            ]
            found.append(
                Entity.model_validate(
                    {"id": f"e{number}", "type": kind, "name": name, "mentions": mentions, "geo": None}
                )
            )
        return found
