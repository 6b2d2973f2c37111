"""khabar without a queue: articles in, records out, in the caller's own process.

No broker, no KHABAR_* setting and no change to the environment: arguments alone decide what a record holds. A converted model is
kept where $KHABAR_CACHE_DIR, else the user's cache folder is; that changes no record. For the records of a deployment, hand its
own pipeline over: `OpenPipeline(build_pipeline(load_settings()))`.
"""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Self

from pydantic import ValidationError

from khabar.bootstrap import build_pipeline
from khabar.entities.one_thread import one_thread
from khabar.errors import InvalidSettings
from khabar.keys.defaults import DEFAULT_MAX_BYTES
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.verdict import Refusal, Verdict, judge
from khabar.settings import Settings

Raw = Article | Mapping[str, Any] | bytes | str
RecognizerName = Literal["auto", "fast", "accurate"]


class OpenPipeline:
    """A pipeline that is called with an article and gives its record.

    Safe for several threads: they take turns, whichever pipeline they call. More cores need more processes, each with a pipeline
    of its own. As a context manager it ends helper processes at the end, where it has any (Farasa's jars).
    """

    def __init__(self, pipeline: Pipeline, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        """Take a pipeline over.

        Args:
            max_bytes: the most that one article's JSON may have.
        """
        self._pipeline = pipeline
        self._max_bytes = max_bytes

    @property
    def version(self) -> str:
        """Everything but the article that decides the record's bytes: khabar, engine, models, layers."""
        return self._pipeline.version

    def __call__(self, article: Raw) -> Record:
        """Return the article's record.

        There is no time limit: a text of 1 MiB takes 0.6 to 5.6 s.

        Args:
            article: a text (str), as it stands; any scraper's item (a mapping); the same as JSON (bytes); or an Article.
                A str is never read as JSON, and its first line is never taken for a title, because a str cannot show
                which was meant. To give a title as well, use a mapping with `title` and `text`.

        Raises:
            RejectedArticle: it can never have a record; code, field and reason say why.
            TransientError: Farasa's jars, where they are used, did not answer.
            TypeError: the article is of another type.
        """
        if isinstance(article, str):
            article = {"body": article}
        elif not isinstance(article, Article | Mapping | bytes):
            raise TypeError(
                f"an article is a text, a mapping, JSON as bytes or an Article, and not of type {type(article).__name__}"
            )
        verdict = self.judge(article)
        if isinstance(verdict, Refusal):
            raise verdict.error
        return verdict.record

    def judge(self, article: Raw) -> Verdict:
        """Return what an article comes to: its record, or why it can never have one.

        Args:
            article: as for a call, but that a str is JSON here as well.

        Raises:
            Exception: extraction failed.
        """
        with one_thread():  # which is also what threads wait for: neither engine nor recognizers bear two calls at once
            return judge(article, self._pipeline, max_bytes=self._max_bytes)

    def close(self) -> None:
        """End the helper processes."""
        for part in self._pipeline.supervised:
            part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_pipeline(
    *,
    layers: Collection[str] | None = None,
    recognizer: RecognizerName = "auto",
    source_zones: str | Path | None = None,
    cache_dir: str | Path | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> OpenPipeline:
    """Open a pipeline in this process: 1.3 s of processor time, and ten more the first time, to convert the model.

    Args:
        layers: the layers of the record to make; all by default. Those that nobody asks for cost nothing.
        recognizer: finds names. fast: 1.3 ms for 300 words; accurate: more names, 47 ms, needs onnxruntime
            (khabar[accurate]); auto: accurate where that is installed.
        source_zones: file of lines SOURCE ZONE, as of the setting KHABAR_SOURCE_ZONES.
        cache_dir: where the converted model is kept, 20 MB.
        max_bytes: the most that one article's JSON may have.

    Raises:
        InvalidSettings: an argument cannot be used; the message has all of them.
        FarasaModelError: the segmentation model is not installed, or `cache_dir` cannot be written.
        NotInstalled: the weights (khabar-models) are not installed.
        EncoderUnavailable: the accurate recognizer's weights are missing.
    """
    given = argument_settings(layers=layers, recognizer=recognizer, source_zones=source_zones, cache_dir=cache_dir)
    return OpenPipeline(build_pipeline(given), max_bytes=max_bytes)


def extract(article: Raw) -> Record:
    """Return the article's record. The first call opens a pipeline with every layer, which is kept.

    This call takes 1.3 s of processor time, and ten more the first time on a machine, to convert the model.
    `open_pipeline` has options. Safe for several threads: they take turns.

    Args:
        article: a text as it stands (str), any scraper's item (a mapping), the same as JSON (bytes), or an Article.

    Raises:
        RejectedArticle: it can never have a record; code, field and reason say why.
        KhabarError: the pipeline cannot be opened, as for `open_pipeline`.
    """
    with _opening:
        pipeline = _process_pipeline()
    return pipeline(article)


_opening = Lock()


@cache
def _process_pipeline() -> OpenPipeline:
    return open_pipeline()


def argument_settings(**given: object) -> Settings:
    """Return settings of which these arguments alone decide.

    Raises:
        InvalidSettings: one of them cannot be used; the message has all that cannot.
    """
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        ]
        raise InvalidSettings(f"these arguments cannot be used: {'; '.join(lines)}") from None
