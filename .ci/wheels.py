"""The contents of the wheels in a folder, room by room; `make wheels`."""

import sys
import zipfile
from collections import Counter
from pathlib import Path


def room(name: str) -> str:
    """Return the part of a wheel that a file belongs to: `khabar/grammar`, `khabar` for a file beside the rooms."""
    parts = name.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def show(wheel: Path) -> None:
    """Print one wheel: its size, then files and bytes of each room."""
    print(f"{wheel.name}  {wheel.stat().st_size:,} bytes")
    files: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            files[room(entry.filename)] += 1
            sizes[room(entry.filename)] += entry.file_size
    for name in sorted(files):
        print(f"  {name:<40} {files[name]:>4} files {sizes[name]:>12,} bytes")


if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).glob("*.whl")):
        show(path)
