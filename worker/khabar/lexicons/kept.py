"""Tables that are written out from lexicons and models, kept ready: to make them takes half a second at every start.

`make tables` writes them in a checkout; a wheel has none: they would double it. A table that is missing or damaged, or
whose sources have changed since, is made at start, so that an edited lexicon counts at once.
"""

import gc
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, cast

T = TypeVar("T")

FOLDER: Final = Path(__file__).parent / "kept_tables"
_DIGEST_BYTES: Final = 16
_LEXICONS: Final = Path(__file__).parent
# Whose code makes tables.
_ROOMS: Final = ("grammar", "entities", "latin")


class Table(NamedTuple):
    """How a table is made, and what it is read from besides lexicons."""

    make: Callable[[], Any]
    sources: tuple[Path, ...]

    def digest(self, written: bytes | memoryview) -> bytes:
        """Return a hash of all that decides the table, and of the table as it was written: a file may break off."""
        return _digest(b"".join([_code_and_lexicons(), *(path.read_bytes() for path in self.sources), written]))

    def keep(self, name: str) -> None:
        """Make the table again and write it into the package."""
        FOLDER.mkdir(exist_ok=True)
        written = pickle.dumps(self.make(), protocol=5)
        (FOLDER / f"{name}.pickle").write_bytes(self.digest(written) + written)


# Those of the modules that are loaded, by name.
TABLES: Final[dict[str, Table]] = {}


def kept(name: str, make: Callable[[], T], *sources: Path) -> T:
    """Return a table as it is kept, or make it where it is not, or its sources have changed.

    Args:
        name: of its file.
        make: gives the table, from lexicons, `sources` and the code of the rooms in _ROOMS, and nothing else. Values are
            what pickle can hold, the same under every version of Python.
        sources: files besides the lexicons.
    """
    table = TABLES[name] = Table(make, sources)
    try:
        data = memoryview((FOLDER / f"{name}.pickle").read_bytes())
    except OSError:
        return make()
    if data[:_DIGEST_BYTES] != table.digest(data[_DIGEST_BYTES:]):
        return make()
    with without_garbage_collection():
        return cast(T, pickle.loads(data[_DIGEST_BYTES:]))  # noqa: S301 - our own package's file


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """A million objects are made that all stay: looking through them again and again is a sixth of the time to make them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():  # in and out: to the oldest generation without being looked through
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@cache
def _code_and_lexicons() -> bytes:
    files = sorted(chain(_below(_LEXICONS, ".txt"), *(_below(_LEXICONS.parent / room, ".py") for room in _ROOMS)))
    return _digest(b"".join(map(_read, files)))


def _below(folder: Path | str, ending: str) -> Iterator[str]:
    """Yield the files below a folder; pathlib would take three times as long."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir():
                yield from _below(entry.path, ending)
            elif entry.name.endswith(ending):
                yield entry.path


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - 440 files
        return file.read()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()
