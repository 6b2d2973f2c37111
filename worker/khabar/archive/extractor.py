"""khabar.Extractor: batches of articles in, batches of outcomes out, for engines that run it in many processes."""

import os
from collections.abc import Collection
from pathlib import Path
from threading import Lock
from typing import Any

from khabar.archive.outcomes import Outcome, Raw, outcome_of
from khabar.archive.tables import Batch, Row, rows_of
from khabar.keys.defaults import DEFAULT_MAX_BYTES
from khabar.library import OpenPipeline, RecognizerName, argument_settings, open_pipeline


class Extractor:
    """The pipeline as a step of another engine, such as Spark or Ray. Pickling it keeps only its arguments, some hundred bytes.

        extractor = khabar.Extractor(recognizer="fast")
        for row in extractor([{"url": "https://example.org/1", "title": "…", "text": "…"}]):
            print(row["outcome_id"], row["record"] or row["rejection"])

    A process opens the pipeline at its first batch, once for all extractors with the same arguments. The models are mapped into
    memory, so the processes of one machine share them. It uses one thread, no network and no KHABAR_* setting.
    """

    def __init__(
        self,
        *,
        layers: Collection[str] | None = None,
        recognizer: RecognizerName = "auto",
        source_zones: str | Path | None = None,
        cache_dir: str | Path | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        json_column: str | None = None,
    ) -> None:
        """Keep the arguments; nothing is opened.

        Args:
            layers: the layers of the record to make; all by default.
            recognizer: the recognizer of names, as for `khabar.open_pipeline`. Outcome ids equal those of a deployment with the
                same layers, recognizer and zones.
            source_zones: path of a file with lines SOURCE ZONE; every machine needs the file under this path.
            cache_dir: folder that keeps Farasa's converted model.
            max_bytes: upper bound on the size of one article's JSON.
            json_column: for tables: the column that holds whole articles as JSON, such as `value` where Spark reads lines.
                None: each column is a field of the article, and an empty cell is a missing field.

        Raises:
            InvalidSettings: an argument cannot be used.
        """
        self._arguments: dict[str, Any] = {
            "layers": None if layers is None else tuple(layers),
            "recognizer": recognizer,
            "source_zones": None if source_zones is None else str(source_zones),
            "cache_dir": None if cache_dir is None else str(cache_dir),
        }
        argument_settings(**self._arguments)
        self._arguments["max_bytes"] = max_bytes
        self._json_column = json_column

    @property
    def version(self) -> str:
        """The pipeline's version: same article and same version, same record. Opens the pipeline."""
        return self._pipeline.version

    def __call__(self, batch: Batch) -> Any:
        """Extract a batch.

        Args:
            batch: a list of articles, each as `khabar.extract` takes it; an Arrow table or record batch; a pandas frame; or
                a mapping of numpy columns, as in Ray.

        Returns:
            One row for each article, in the same order and in the batch's form (a list of dicts for a list), with the keys
            outcome_id, article_id, code, record, rejection. All are strings or None. `record` is one line of
            `khabar extract`; where it is None, `rejection` and `code` say why.

        Raises:
            TypeError: the argument is not a batch.
            KhabarError: the pipeline cannot be opened, or Farasa's jars did not answer.
        """
        rows, in_form = rows_of(batch)
        is_table = not isinstance(batch, list | tuple)
        return in_form([_row(self.outcome(self._item(row) if is_table else row)) for row in rows])

    def outcome(self, item: Raw) -> Outcome:
        """Extract one article; a bad article gives a rejection and raises nothing."""
        pipeline = self._pipeline
        if isinstance(item, str):
            item = {"body": item}
        return outcome_of(item, pipeline.judge, pipeline.version)

    def __repr__(self) -> str:
        given = {name: value for name, value in self._arguments.items() if value is not None}
        return f"Extractor({', '.join(f'{name}={value!r}' for name, value in given.items())})"

    def _item(self, row: Row) -> Raw:
        if self._json_column is None:
            fields: dict[str, Any] = row
            return fields
        item = row.get(self._json_column)
        return item if isinstance(item, bytes) else str(item or "").encode("utf-8", "surrogatepass")

    @property
    def _pipeline(self) -> OpenPipeline:
        return _open_once(tuple(self._arguments.items()))


def _row(outcome: Outcome) -> dict[str, str | None]:
    line = outcome.line.decode()
    return {
        "outcome_id": outcome.id,
        "article_id": outcome.article_id,
        "code": None if outcome.code is None else str(outcome.code),
        "record": line if outcome.is_record else None,
        "rejection": None if outcome.is_record else line,
    }


# The key includes the process id: a pipeline opened before a fork, and its helper processes, belong to the parent.
_opened: dict[tuple[int, Any], OpenPipeline] = {}
_opening = Lock()


def _open_once(arguments: tuple[tuple[str, Any], ...]) -> OpenPipeline:
    key = (os.getpid(), arguments)
    if (found := _opened.get(key)) is not None:
        return found
    with _opening:
        if key not in _opened:
            _opened[key] = open_pipeline(**dict(arguments))
        return _opened[key]


def _after_fork() -> None:
    global _opening
    _opening = Lock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
