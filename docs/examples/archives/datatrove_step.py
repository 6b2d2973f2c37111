"""An archive of JSON lines through datatrove: python datatrove_step.py FOLDER RECORDS [WORKERS]; needs datatrove[io]."""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers.base import BaseDiskReader
from datatrove.pipeline.writers import JsonlWriter

import khabar


class ReadLines(BaseDiskReader):
    """Gives out each line as it stands; JsonlReader leaves out those that are no JSON."""

    name = "lines"

    def read_file(self, filepath: str) -> Iterator[Document]:
        """Read one file."""
        with self.data_folder.open(filepath, "rb", compression="infer") as file:
            for number, line in enumerate(file):
                yield Document(text=line.rstrip(b"\r\n"), id=f"{filepath}/{number}")


class Extract(PipelineStep):
    """Makes a row of outcome_id, article_id, code, record and rejection of each document."""

    name, type = "khabar", "extractor"

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self._extractor = khabar.Extractor(**arguments)

    def run(self, data: Iterator[Document], rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ARG002
        """Run one task."""
        while batch := list(islice(data, 64)):
            for document, row in zip(batch, self._extractor([each.text for each in batch]), strict=True):
                self.stat_update("record" if row["record"] else "rejection")
                yield Document(text="", id=document.id, metadata=row)


def main() -> None:
    """Run a task for each file; one with a completion marker is not run again."""
    folder, records, *workers = sys.argv[1:]
    LocalPipelineExecutor(
        pipeline=[
            ReadLines(folder),
            Extract(recognizer="fast"),
            # gzip, the default, takes a tenth of the time that a record takes.
            JsonlWriter(
                records, "${rank}.jsonl.zst", compression="zstd", adapter=lambda _, document: document.metadata
            ),
        ],
        tasks=sum(path.is_file() for path in Path(folder).iterdir()),
        workers=int(workers[0]) if workers else 2,
        logging_dir=f"{records}/logs",
    ).run()


if __name__ == "__main__":
    main()
