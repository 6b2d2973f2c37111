"""Shards: the input files of an archive, each with a unique name, and the choice of those that one runner makes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from khabar.errors import SourceError
from khabar.sources.folder import list_folder

_SLICE = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """One input file.

    Attributes:
        path: path of the input.
        name: name of its folder of results: the file's name, or its path below the folder that was given.
        size_bytes: size of the input.
    """

    path: Path
    name: str
    size_bytes: int


def list_shards(paths: Sequence[str], output: Path) -> list[Shard]:
    """List the given files, and the files in the given folders, sorted by name; skip hidden files and links inside folders.

    Args:
        paths: files and folders.
        output: the folder of the results.

    Raises:
        SourceError: a path is missing or not a file, two files have the same name, or the output lies inside the input.
    """
    found: dict[str, Shard] = {}
    for path in map(Path, paths):
        if path.is_dir() and output.resolve().is_relative_to(path.resolve()):
            raise SourceError(f"{output}: lies in {path}, and would be read as input; give another folder.")
        files = list_folder(path)[0] if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            if name in found and found[name].path.resolve() != file.resolve():
                raise SourceError(
                    f"{found[name].path} and {file}: both would be {name} in {output}; give the folder above them."
                )
            found[name] = Shard(file, name, _size_bytes(file))
    if not found:
        raise SourceError(f"{', '.join(paths)}: holds no file to read.")
    for name in found:
        if inside := next((str(each) for each in Path(name).parents if str(each) in found), None):
            raise SourceError(f"{found[inside].path} and {found[name].path}: one would lie in the other in {output}.")
    return [found[name] for name in sorted(found)]


def own_shards(shards: Sequence[Shard], slice_: tuple[int, int]) -> list[Shard]:
    """Return the shards of runner i of n, the largest first, so that no large one is left for the end.

    Args:
        shards: all shards, in the same order for every runner.
        slice_: (i, n), with i from 1 to n.
    """
    number, count = slice_
    return sorted(shards[number - 1 :: count], key=lambda shard: -shard.size_bytes)


def parse_slice(text: str) -> tuple[int, int]:
    """Read a slice such as "2/4".

    Raises:
        ValueError: the text does not have the form i/n, or i is not from 1 to n.
    """
    found = _SLICE.fullmatch(text.strip())
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"{text[:40]!r} must be i/n, with i from 1 to n: 2/4")
    return int(found[1]), int(found[2])


def _size_bytes(file: Path) -> int:
    try:
        if not file.is_file():
            raise SourceError(f"{file}: {'is no regular file' if file.exists() else 'there is no such file'}.")
        return file.stat().st_size
    except OSError as error:
        raise SourceError(f"{file}: cannot be read: {error.strerror or error}.") from error
