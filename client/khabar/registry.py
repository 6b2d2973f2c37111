"""Parts that are found, not listed: files of khabar's own, and entry points of other packages (docs/how-to/extending.md)."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from typing import Any, Final

from khabar.errors import KhabarError, UnusablePlugin

_NAME: Final = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Guest:
    """A part that another package registers; nothing is imported before `build`.

    Attributes:
        kind: extractor, source, sink or exporter.
        name: the part's name; of an extractor its layer.
        package: name and version of the distribution.
    """

    kind: str
    name: str
    package: str
    point: EntryPoint

    def build(self, *arguments: object) -> Any:
        """Import the function that is registered, and call it.

        Raises:
            UnusablePlugin: it cannot be imported, or fails.
        """
        return self.build_with(lambda function: function(*arguments))

    def build_with(self, call: Callable[[Any], Any]) -> Any:
        """Import the function that is registered, and let `call` call it.

        Raises:
            UnusablePlugin: it cannot be imported, or fails.
        """
        try:
            return call(self.point.load())
        except KhabarError:
            raise
        except Exception as error:
            cause = f"{type(error).__name__}: {error}"
            raise self.refused(f"cannot be built from {self.point.value} ({cause[:200]})") from error

    def refused(self, reason: str) -> UnusablePlugin:
        """Return the error that stops the start; its sentence is `reason` after the package, the kind and the name."""
        return UnusablePlugin(f"package {self.package}: its {self.kind} {self.name!r} {reason}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of part, such as the extractors.

    khabar's own parts are the modules of the package `khabar.<name>s`: each is named as its part and has a function `<name>`
    that builds it. Another package registers such a function in the entry point group `khabar.<name>s`.

    Attributes:
        name: in the singular, such as extractor.
        helpers: modules of that package that are not parts. A module whose name begins with '_' is not a part either.
    """

    name: str
    helpers: frozenset[str] = frozenset()

    @property
    def group(self) -> str:
        """The package of khabar's own parts, and the entry point group of the others."""
        return f"khabar.{self.name}s"

    def house(self) -> list[str]:
        """Return the names of khabar's own parts, sorted, without importing them."""
        found = (module.name for module in iter_modules(import_module(self.group).__path__))
        return sorted(name for name in found if name not in self.helpers and not name.startswith("_"))

    def build_house(self, name: str, *arguments: object) -> Any:
        """Import one of khabar's own parts, and build it."""
        return getattr(import_module(f"{self.group}.{name}"), self.name)(*arguments)

    def guests(self, *, taken: Collection[str] = ()) -> dict[str, Guest]:
        """Return what other packages register, by name and sorted, without importing it.

        Args:
            taken: names of khabar's own beside its parts.

        Raises:
            UnusablePlugin: a name is no name, is khabar's own, or is registered by two packages.
        """
        own = {*self.house(), *taken}
        guests: dict[str, Guest] = {}
        for guest in sorted(
            map(self._guest, entry_points(group=self.group)), key=lambda each: (each.name, each.package)
        ):
            if not _NAME.fullmatch(guest.name):
                raise guest.refused("must have a name of a-z, 0-9 and _ that begins with a letter")
            if guest.name in own:
                raise guest.refused("has the same name as a part of khabar; register it under another name")
            if guest.name in guests:
                raise guest.refused(f"is registered by {guests[guest.name].package} too; uninstall one of the two")
            guests[guest.name] = guest
        return guests

    def _guest(self, point: EntryPoint) -> Guest:
        package = f"{point.dist.name} {point.dist.version}" if point.dist else "without a name"
        return Guest(self.name, point.name, package, point)
