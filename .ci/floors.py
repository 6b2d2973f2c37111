"""The floors of the house: which room stands above which, and that nothing imports what is above it; `make floors`."""

import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from importlinter.cli import lint_imports

# Before import-linter looks for it: only an imported package says that it lies in several folders.
import khabar  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent


def purpose(room: str) -> tuple[str, str]:
    """Return the folder that holds a room and the first line of what the room says of itself."""
    spec = find_spec(f"khabar.{room}")
    if spec is None or spec.origin is None:
        return "?", "is not there"
    place = Path(spec.origin).relative_to(ROOT)
    text = Path(spec.origin).read_text(encoding="utf-8")
    return place.parts[0], text.partition('"""')[2].partition('"""')[0].partition("\n")[0].strip()


def main() -> int:
    """Print the floors from the top, then check them; 0 where they hold."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    for number, floor in enumerate(floors):
        for room in floor.split(" | "):
            folder, text = purpose(room)
            print(f"{len(floors) - number:>2}  {room:<12} {folder:<10} {text}")
    return lint_imports(config_filename=str(ROOT / "pyproject.toml"))


if __name__ == "__main__":
    sys.exit(main())
