"""Takes producers/ and consumers/ into the client's wheel and sdist: they stand beside client/ in the repository."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOTS = ("producers", "consumers")


class NeighbourRoots(BuildHookInterface):
    """Finds the two folders beside this one, or inside it where it is an unpacked sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add their files; an editable installation reads them where they are."""
        if version == "editable":
            return
        here = Path(self.root)
        for root in ROOTS:
            folder = here / root if (here / root).is_dir() else here.parent / root
            target = "khabar" if self.target_name == "wheel" else f"{root}/khabar"
            # Room by room: `khabar/__init__.pyi` beside them is for type checkers in the checkout.
            for room in (folder / "khabar").iterdir():
                if (room / "__init__.py").is_file():
                    build_data["force_include"][str(room)] = f"{target}/{room.name}"
