"""Batch: what the next script call will push; Report: what has become of all items so far."""

import secrets
import time
from dataclasses import dataclass, field

from khabar.errors import Code, RejectedArticle
from khabar.messages.envelope import EventType, event_bytes, unreadable_id
from khabar.messages.items import original_of
from khabar.messages.rejection import make_rejection
from khabar.sources.items import Item, Progress, Refused
from khabar.tracing import Span, start


@dataclass
class Report:
    """The fate of the items: counts, and the first refusals in full."""

    accepted: int = 0
    rejected: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass
class Batch:
    """Articles and rejections on their way.

    Attributes:
        token: makes a second sending harmless.
        rejections: outcome id and event of each.
        items: number of the last item that has a progress, and that progress.
        mark: of that item, for the broker to remember.
        began_at: when its first item came, by the monotonic clock.
        spans: of the articles, from their coming until the broker has them.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    articles: list[bytes] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    rejections: list[tuple[str, bytes]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    size_bytes: int = 0
    items: int = 0
    progress: Progress | None = None
    mark: str = ""
    began_at: float = field(default_factory=time.monotonic)

    def __len__(self) -> int:
        return len(self.articles) + len(self.rejections)

    def accept(self, article: bytes, destination: str) -> None:
        """Take an article as JSON, for the stream that is named."""
        self.articles.append(article)
        about = {
            "messaging.system": "redis",
            "messaging.operation.type": "send",
            "messaging.destination.name": destination,
        }
        self.spans.append(start(f"send {destination}", "PRODUCER", about))
        self.size_bytes += len(article)

    @property
    def traceparents(self) -> list[str]:
        """Return the trace context of each article; nothing where none has one."""
        found = [span.traceparent for span in self.spans]
        return found if any(found) else []

    def reject(self, item: Item, error: RejectedArticle) -> None:
        """Take the dead letter of an item that is no article."""
        original = item.raw if isinstance(item.raw, bytes) else original_of(item.raw)
        rejection = make_rejection(error, original, is_cut=error.code is Code.TOO_LARGE)
        outcome = unreadable_id(original)
        event = event_bytes(EventType.REJECTION, rejection, event_id=outcome, subject=None)
        self.rejections.append((outcome, event))
        self.size_bytes += len(event)
        self.refused.append(Refused(item.number, item.where, error.code.value, error.field, error.reason))
