"""A folder: all files in it, each by its own format."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from khabar.errors import SourceError
from khabar.sources.items import Item
from khabar.sources.text import refused

Reader = Callable[[BinaryIO, int], Iterator[Item]]


def list_folder(folder: Path) -> tuple[list[Path], dict[Path, str]]:
    """List the files under a folder, in the order of their paths, and what is passed over.

    No link is followed: it may lead out of the folder, to what nobody meant to publish.

    Returns:
        The files; and of everything else its path and why it is not read.
    """
    found: list[Path] = []
    skipped: dict[Path, str] = {}

    def unreadable(error: OSError) -> None:
        skipped[Path(error.filename)] = f"cannot be listed: {error.strerror}"

    for place, folders, names in os.walk(folder, onerror=unreadable):
        hidden = [name for name in folders if name.startswith(".") and not Path(place, name).is_symlink()]
        skipped |= {Path(place, name): "hidden" for name in hidden}
        folders[:] = [name for name in folders if name not in hidden]
        for path in (Path(place, name) for name in (*folders, *names)):
            if path.is_symlink():
                skipped[path] = "a link"
            elif path.is_dir():
                continue
            elif path.name.startswith("."):
                skipped[path] = "hidden"
            elif not path.is_file():
                skipped[path] = "no regular file"
            else:
                found.append(path)
    return sorted(found), skipped


def read_folder(folder: Path, readers: Mapping[Path, Reader], *, skip: int, max_bytes: int) -> Iterator[Item]:
    """Give out the articles of each file. The mark of each covers the names and bytes of all files up to its own.

    A file that breaks off gives the articles before the break, and then one item with the error: the files behind it count.

    Args:
        folder: that holds the files.
        readers: of each file, in the order of their paths.
        skip: articles that are read over.
        max_bytes: a larger article is an item with an error.
    """
    number = 0
    for path, mark, file in _marked(folder, list(readers)):
        for item in _items_of(path, file, readers[path], max_bytes):
            number += 1
            if number > skip:
                yield replace(item, number=number, mark=mark)


def _items_of(path: Path, file: BinaryIO | OSError, read: Reader, max_bytes: int) -> Iterator[Item]:
    if isinstance(file, OSError):
        yield refused(b"", 0, str(path), f"cannot be read: {file.strerror or file}")
        return
    try:
        yield from read(file, max_bytes)
    except SourceError as error:
        yield refused(b"", 0, str(path), str(error).removeprefix(f"{path}: ").rstrip("."))
    except OSError as error:
        yield refused(b"", 0, str(path), f"cannot be read: {error.strerror or error}")


def files_still_in(folder: Path, paths: Sequence[Path], items: int, mark: str) -> int:
    """Return `items` where the folder's first files are the same as when this was the mark of a file's articles; else 0."""
    return items if items and any(mark == now for _, now, _ in _marked(folder, paths)) else 0


def _marked(folder: Path, paths: Sequence[Path]) -> Iterator[tuple[Path, str, BinaryIO | OSError]]:
    """Give out each file, open at its beginning, or why it cannot be opened; and its mark."""
    digest = sha256()
    for path in paths:
        digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
        try:
            # A link may have taken the file's place meanwhile.
            with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW)) as file:
                digest.update(file_digest(file, "sha256").digest())
                file.seek(0)
                yield path, digest.hexdigest(), file
        except OSError as error:
            digest.update(b"unreadable")
            yield path, digest.hexdigest(), error
