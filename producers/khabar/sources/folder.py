"""A folder of texts, an article a file."""

import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from khabar.sources.compressed import uncompressed
from khabar.sources.items import Item
from khabar.sources.text import read_text, refused

ENDINGS = (".txt", ".txt.gz")


def list_folder(folder: Path) -> tuple[list[Path], list[str]]:
    """List the *.txt and *.txt.gz files under a folder, in the order of their paths, and what is passed over.

    No link is followed: it may lead out of the folder, to what nobody meant to publish.

    Returns:
        The files; and of everything else, in the same order, its path in the folder and why it is not read.
    """
    found: list[Path] = []
    skipped: dict[Path, str] = {}

    def unreadable(error: OSError) -> None:
        skipped[Path(error.filename)] = f"cannot be listed: {error.strerror}"

    for place, folders, names in os.walk(folder, onerror=unreadable):
        for path in (Path(place, name) for name in (*folders, *names)):
            if path.is_symlink():
                skipped[path] = "a link"
            elif path.is_dir():
                continue
            elif not path.name.endswith(ENDINGS):
                skipped[path] = "no .txt"
            elif not path.is_file():
                skipped[path] = "no regular file"
            else:
                found.append(path)
    return sorted(found), [f"{path.relative_to(folder)} ({why})" for path, why in sorted(skipped.items())]


def read_folder(folder: Path, *, encoding: str, skip: int, max_bytes: int) -> Iterator[Item]:
    """Give out the article of each file. The mark of each covers the names and bytes of all files up to it."""
    for number, (path, mark, file) in enumerate(_marked(folder), 1):
        if number <= skip:
            continue
        try:
            if isinstance(file, OSError):
                raise file
            item = read_text(uncompressed(file), number, str(path), encoding, max_bytes)
        except OSError as error:
            item = refused(b"", number, str(path), f"cannot be read: {error.strerror or error}")
        yield replace(item, mark=mark)


def files_still_in(folder: Path, items: int, mark: str) -> int:
    """Return `items` where the folder's first files are the same as when this was their mark; else 0."""
    last = next(islice(_marked(folder), items - 1, None), None) if items else None
    return items if last is not None and last[1] == mark else 0


def _marked(folder: Path) -> Iterator[tuple[Path, str, BinaryIO | OSError]]:
    """Give out each file, open at its beginning, or why it cannot be opened; and its mark."""
    digest = sha256()
    for path in list_folder(folder)[0]:
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
