"""Article to Record: the four steps."""

from collections.abc import Collection, Sequence

from khabar.engines.base import Engine, Supervised
from khabar.errors import Code, InvalidSettings, RejectedArticle
from khabar.extractors.base import Extractor
from khabar.extractors.registry import in_order
from khabar.limits import MOST_TOKENS
from khabar.messages.article import Article
from khabar.messages.record import LAYERS, Provenance, Record
from khabar.pipeline.assemble import BUILT_LAYERS, assemble
from khabar.pipeline.extract import extract
from khabar.pipeline.language import identify
from khabar.pipeline.laps import Laps
from khabar.pipeline.quality import flag
from khabar.pipeline.segment import segment, split
from khabar.pipeline.source_zones import SourceZones
from khabar.text.document import Document


class Pipeline:
    """Turns articles into records; pure, so the same article gives the same record.

    Attributes:
        version: khabar's version, the engine with its model, the extractors' models, the sources' zones and the layers where
            not all are on: everything but the article that decides the record's bytes.
    """

    def __init__(
        self,
        engine: Engine,
        extractors: Sequence[Extractor],
        layers: Collection[str] | None = None,
        *,
        version: str,
        zones: SourceZones | None = None,
    ) -> None:
        """Put the pipeline together.

        Args:
            engine: segments words.
            extractors: in any order; those that no wanted layer needs are left out.
            layers: the wanted layers of a record; None for all.
            version: khabar's version.
            zones: of the sources; None where none are known.

        Raises:
            InvalidSettings: a layer is unknown, or no extractor fills it.
            UnusablePlugin: the extractors do not fit together.
        """
        self._engine = engine
        self._zones = zones
        self._extractors = in_order(extractors, layers)
        filled = {extractor.layer for extractor in self._extractors}
        if unmade := sorted(set(layers or ()) - filled - BUILT_LAYERS):
            there = ", ".join(sorted(BUILT_LAYERS | {extractor.layer for extractor in extractors}))
            raise InvalidSettings(f"unknown layers {unmade}; there are {there}")
        self._layers = frozenset({*LAYERS, *filled} if layers is None else layers)
        models = {name: model for extractor in self._extractors for name, model in sorted(extractor.models.items())}
        if zones is not None:
            models["source-zones"] = zones.version
        self._provenance = Provenance(khabar=version, segmenter=engine.name, models=dict(sorted(models.items())))
        self.version = ";".join(
            [version, engine.name]
            + [f"{name}={model}" for name, model in sorted(models.items())]
            + ([] if layers is None else ["layers=" + ",".join(sorted(self._layers))])
        )

    @property
    def engine(self) -> Engine:
        """Who segments."""
        return self._engine

    @property
    def supervised(self) -> list[Supervised]:
        """The parts of the pipeline that work in a process of their own."""
        return [part for part in (self._engine, *self._extractors) if isinstance(part, Supervised)]

    def words(self, article: Article) -> list[str]:
        """Return the words that the engine will be asked for, in text order."""
        document = Document.of(article)
        split(document)
        return [document.tokens.form[index] for index in document.tokens.words]

    def __call__(self, article: Article, laps: Laps | None = None) -> Record:
        """Return the article's record.

        Args:
            laps: is told the end of each step.

        Raises:
            RejectedArticle: there are no words, they are not Arabic, or the text has too many tokens.
        """
        laps = laps or Laps()
        if self._zones is not None:
            article = self._zones.apply(article)
        document = Document.of(article)
        laps.lap("normalize")

        split(document)  # what isn't Arabic is refused before the engine is asked
        document.language = identify(document)
        _refuse_lists(document)
        laps.lap("split")
        segment(document, self._engine)
        laps.lap("segment")
        flag(document)
        laps.lap("flag")

        failures = extract(document, self._extractors, laps)

        record = assemble(document, failures, self._layers, self._provenance)
        laps.lap("assemble")
        document.shared.clear()  # some of it knows the document: a cycle, which only the garbage collector would end
        return record


def _refuse_lists(document: Document) -> None:
    """Refuse what is large and is no text: a list of a million marks or numbers takes a minute and a gigabyte."""
    tokens = len(document.tokens)
    if tokens > MOST_TOKENS:
        raise RejectedArticle(
            Code.TOO_LARGE, field=None, reason=f"has {tokens:,} tokens and the limit is {MOST_TOKENS:,}", place="tokens"
        )
