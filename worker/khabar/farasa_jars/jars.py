"""Where Farasa's jars lie in a folder: farasapy's archive and Farasa's GitHub release have different layouts."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from khabar.farasa_jars.errors import FarasaNotReady

# As farasapy 0.1.1 unpacks them; the last two are those of github.com/qcri/FarasaSegmenter.
SEGMENTER: Final = ("lib/FarasaSegmenterJar.jar", "FarasaSegmenterJar.jar", "dist/Farasa.jar", "Farasa.jar")
TAGGER: Final = ("FarasaPOSJar.jar",)
NAMER: Final = ("FarasaNERJar.jar",)
ARCHIVE_ROOT: Final = "farasa_bin"  # the one folder in farasapy's archive
DATA: Final = "FarasaData"

INSTALL: Final = "run `khabar farasa download`, or set KHABAR_FARASA_JARS to their folder (docs/how-to/engines.md)"


@dataclass(frozen=True)
class Jars:
    """Farasa's files on this machine.

    Attributes:
        folder: what KHABAR_FARASA_JARS names.
        segmenter: the one that must be there.
        tagger, namer: parts of speech, names; None where they are not installed.
        data: the release's folder of data beside the jar; None where the jar has its data inside.
    """

    folder: Path
    segmenter: Path
    tagger: Path | None
    namer: Path | None
    data: Path | None

    def files(self) -> list[Path]:
        """Return every jar and data file below the folder, sorted: what is hashed when it is accepted."""
        return sorted(
            path
            for path in self.folder.rglob("*")
            if path.is_file() and (path.suffix == ".jar" or DATA in path.relative_to(self.folder).parts[:-1])
        )

    def segmenter_files(self) -> list[Path]:
        """Return what decides the segmenter's answers: its jar, the libraries beside it, its data."""
        kept = [self.segmenter, *sorted((self.segmenter.parent / "lib").glob("*.jar"))]
        if self.data is not None:
            kept += sorted(path for path in self.data.rglob("*") if path.is_file())
        return kept


def default_folder() -> Path | None:
    """Return the folder into which farasapy itself has downloaded, or None.

    Found by the package's metadata: its `farasa/__init__.py` may be PyFarasa's, or gone.
    """
    try:
        package = metadata.distribution("farasapy")
    except metadata.PackageNotFoundError:
        return None
    folder = Path(str(package.locate_file("farasa"))) / ARCHIVE_ROOT
    return folder if folder.is_dir() else None


def find_jars(folder: Path | None) -> Jars:
    """Find the jars.

    Args:
        folder: of the jars, or one that holds farasapy's `farasa_bin`; None for the one farasapy has downloaded into.

    Raises:
        FarasaNotReady: there is no segmenter.
    """
    folder = folder or default_folder()
    if folder is None:
        raise FarasaNotReady(f"Farasa's jars are not installed: {INSTALL}")
    folder = folder.expanduser().absolute()
    if (folder / ARCHIVE_ROOT).is_dir():
        folder /= ARCHIVE_ROOT
    segmenter = _first(folder, SEGMENTER)
    if segmenter is None:
        raise FarasaNotReady(f"no Farasa segmenter in {folder} (looked for {', '.join(SEGMENTER)}): {INSTALL}")
    data = [place / DATA for place in (segmenter.parent, *segmenter.parents[1:3]) if (place / DATA).is_dir()]
    return Jars(folder, segmenter, _first(folder, TAGGER), _first(folder, NAMER), data[0] if data else None)


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)
