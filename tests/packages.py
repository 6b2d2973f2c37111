"""Other packages, installed: a folder for PYTHONPATH, as pip leaves one behind."""

from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path,
    name: str,
    *,
    version: str = "1.0",
    modules: Mapping[str, str],
    points: Mapping[str, Mapping[str, str]],
) -> Path:
    """Put a package into a folder of installed packages.

    Args:
        folder: made if missing.
        name: of the distribution.
        version: of the distribution.
        modules: name -> source.
        points: entry point group -> name -> value.

    Returns:
        The folder.
    """
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n")
    lines = [
        line
        for group, each in points.items()
        for line in (f"[{group}]", *(f"{point} = {value}" for point, value in each.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
    return folder
