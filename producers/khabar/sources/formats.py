"""The formats that exist: the files of this package that are one, and those that other packages register."""

from functools import cache
from typing import Final

from khabar.errors import SourceError
from khabar.registry import Guest, Kind
from khabar.sources.base import Format

_HELPERS: Final = frozenset(
    "base binary cells compressed encodings folder formats items live opening page proof shape wrapped".split()  # noqa: SIM905
)
FORMATS: Final = Kind("source", helpers=_HELPERS)
FOLDER: Final = "folder"  # the format of a folder of files


class Formats:
    """Every format by its name. khabar's own are asked first, so that no package changes how a file was read before it came.

    Raises:
        UnusablePlugin: a package registers a name that is taken, or something that is no format.
    """

    def __init__(self) -> None:
        self._house: dict[str, Format] = {name: FORMATS.build_house(name) for name in FORMATS.house()}
        self._guests = {name: _build(guest) for name, guest in FORMATS.guests(taken=[FOLDER]).items()}

    @property
    def names(self) -> list[str]:
        """The names that `--format` takes."""
        return [*self._house, *self._guests]

    def __getitem__(self, name: str) -> Format:
        """Return a format by its name.

        Raises:
            SourceError: there is no format of this name.
        """
        found = self._house.get(name) or self._guests.get(name)
        if found is None:
            raise SourceError(f"There is no format {name!r}; there are {', '.join(self.names)}.")
        return found

    def find(self, where: str, ending: str, head: bytes, encoding: str) -> str | None:
        """Return the name of an input's format: by its ending, else by its beginning; None where neither tells.

        Args:
            where: the input's name, for a person.
            ending: of its name, without '.gz' and the like; empty for standard input.
            head: its first bytes, compression undone.
            encoding: of the input.

        Raises:
            SourceError: the formats of two packages would read it.
        """
        head = head.lstrip()
        for group in (self._house, self._guests):
            if found := [name for name, each in group.items() if ending and ending.lower() in each.endings]:
                return _only(found, where)
        for group in (self._house, self._guests):
            if found := [name for name, each in group.items() if each.recognizes(head, encoding)]:
                return _only(found, where)
        return None


@cache
def formats() -> Formats:
    """Return the formats; packages are looked for once a process."""
    return Formats()


def _build(guest: Guest) -> Format:
    built = guest.build()
    if not isinstance(built, Format):
        raise guest.refused(f"is of type {type(built).__name__}, not khabar.sources.base.Format")
    return built


def _only(names: list[str], where: str) -> str:
    if len(names) > 1:
        raise SourceError(f"{where}: {' and '.join(names)} can read it; choose one with --format.")
    return names[0]
