"""The processes that the pipelines work with: Java, where Farasa's own jars segment or tag."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from khabar.engines.base import BatchEngine, Supervised
from khabar.keys.names import Lane
from khabar.ledger.entries import Begun
from khabar.messages.article import parse_article
from khabar.pipeline.pipeline import Pipeline


@dataclass(frozen=True)
class Helpers:
    """The parts of the lanes' pipelines that work in another process. Lanes share engine and taggers."""

    pipelines: Mapping[Lane, Pipeline]
    max_bytes: int

    @cached_property
    def _all(self) -> list[Supervised]:
        parts = [part for pipeline in self.pipelines.values() for part in pipeline.supervised]
        return list({id(part): part for part in parts}.values())

    @cached_property
    def _engines(self) -> list[BatchEngine]:
        return [part for part in self._all if isinstance(part, BatchEngine)]

    @property
    def wants_words(self) -> bool:
        """Whether an engine is to be asked for a batch's words at once."""
        return bool(self._engines)

    def check(self) -> None:
        """Try them out where the service starts.

        Raises:
            FarasaNotReady: one cannot work; one sentence says what to do.
        """
        for part in self._all:
            part.check()

    def ready(self) -> None:
        """See to it that they run.

        Raises:
            TransientError: one does not start now.
        """
        for part in self._all:
            part.ready()

    def words(self, begun: Begun) -> list[str]:
        """Return the words of one entry.

        Raises:
            Exception: it is no article; its own attempt will say so.
        """
        article = parse_article(begun.article or b"", max_bytes=self.max_bytes)
        return self.pipelines[begun.lane].words(article)

    def prepare(self, words: Collection[str]) -> None:
        """Ask for the words of a batch.

        Raises:
            TransientError: no answer.
        """
        for engine in self._engines:
            engine.prepare(words)
