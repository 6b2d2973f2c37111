"""Parquet, read by pyarrow: an article a row, the columns understood as names of JSON objects are."""

import io
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from typing import Final

from khabar.errors import SourceError
from khabar.messages.items import present
from khabar.sources.base import Format, broken
from khabar.sources.items import Item
from khabar.sources.page import needed

_ROWS: Final = 256  # in memory at a time
_BUFFER_BYTES: Final = 1 << 20  # of each column


class Parquet(Format):
    """Rows of a table; needs the extra `parquet`."""

    endings = (".parquet", ".pq")
    is_text = False

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether it begins with the format's mark."""
        return head.startswith(b"PAR1")

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out each row.

        Raises:
            SourceError: pyarrow is not installed, or it is no whole Parquet file.
        """
        parquet = needed("pyarrow.parquet", "parquet", "Parquet")
        number = 0
        with tempfile.TemporaryFile() as copy:  # its end says where everything is
            try:
                shutil.copyfileobj(stream, copy)
                copy.seek(0)
                # Page by page: read ahead, a row group of a gigabyte would be in memory as a whole.
                table = parquet.ParquetFile(copy, buffer_size=_BUFFER_BYTES, pre_buffer=False)
                for batch in table.iter_batches(batch_size=_ROWS):
                    for row in batch.to_pylist():
                        number += 1
                        if number > skip:
                            yield Item(present(row), number, f"{where}[{number}]")
            except (EOFError, zlib.error) as error:
                raise broken(where, number, error) from error
            except (OSError, ValueError) as error:  # pyarrow's own errors are both
                raise SourceError(f"{where}: is not a complete Parquet file: {str(error)[:200]}") from error


def source() -> Format:
    """Return the format of this file."""
    return Parquet()
