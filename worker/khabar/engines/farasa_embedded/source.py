"""Finds Farasa's model files in the installed package PyFarasa and reads them without running any of its code.

Farasa's licence is research use only and nothing of the model is vendored here: every number comes from the
user's own installation, the weights too (they stand as text in PyFarasa's `segmentation.py`).
"""

import hashlib
import pickle
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from khabar.engines.farasa_embedded.errors import FarasaModelError

PACKAGE = "PyFarasa"

# The pickles the segmenter needs: lexicons and word counts, affix probabilities, stored segmentations.
LEXICONS = ("hmListMorph", "hmListGaz", "hmAraLexCom", "hmBuck", "hmLocations", "hmPeople", "hmStop", "wordCount")
AFFIXES = (
    "hPrefixes",
    "hSuffixes",
    "probPrefixes",
    "probSuffixes",
    "probCondPrefixes",
    "probCondSuffixes",
    "probPrefixSuffix",
    "probSuffixPrefix",
)
STORED = ("hmSeenBefore", "hmPreviouslySeenTokenizations")
PICKLES = (*LEXICONS, *AFFIXES, *STORED, "hmTemplateCount", "generalVariables")
TEXTS = ("roots.txt", "template-count.txt")
WEIGHTS = "segmentation.py"

_WEIGHTS_LINE = re.compile(r'^\s*magicNumbers = "([^"]+)"', re.MULTILINE)
_WEIGHTS_COUNT = 18


class BuiltinsUnpickler(pickle.Unpickler):
    """Reads dicts, lists, strings and numbers; whatever names a class or function is refused, so no code can run."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse every GLOBAL.

        Raises:
            UnpicklingError: always.
        """
        raise pickle.UnpicklingError(f"refused {module}.{name}: a model file holds built-in containers only")


def read_pickle(file: BinaryIO) -> dict[Any, Any]:
    """Read one dict of built-in values.

    Raises:
        UnpicklingError: the pickle names a class or function, or is damaged, or holds no dict.
    """
    content = BuiltinsUnpickler(file).load()
    if not isinstance(content, dict):
        raise pickle.UnpicklingError(f"expected a dict, found {type(content).__name__}")
    return content


@dataclass(frozen=True)
class ModelSource:
    """Where PyFarasa's files lie: `folder` is the installed `farasa/`, `version` the package's."""

    folder: Path
    version: str

    def path(self, name: str) -> Path:
        """Return the path of one of the files named above."""
        return self.folder / name if name == WEIGHTS else self.folder / "pickles" / name

    def fingerprint(self) -> str:
        """Hash names, sizes and modification times: changes when the package is reinstalled, costs 0.2 ms.

        Raises:
            FarasaModelError: a file is missing.
        """
        digest = hashlib.sha256(self.version.encode())
        for name in (*PICKLES, *TEXTS, WEIGHTS):
            try:
                stat = self.path(name).stat()
            except OSError as error:
                raise FarasaModelError(f"{PACKAGE}'s file {name} is missing: reinstall {PACKAGE}") from error
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()[:24]

    def pickle(self, name: str) -> dict[Any, Any]:
        """Read one pickle through the restricted unpickler.

        Raises:
            FarasaModelError: unreadable, damaged, or it names a class.
        """
        try:
            with self.path(name).open("rb") as file:
                return read_pickle(file)
        except (OSError, pickle.UnpicklingError, EOFError, ValueError) as error:
            raise FarasaModelError(f"{PACKAGE}'s file {name} is damaged ({error}): reinstall {PACKAGE}") from error

    def pairs(self, name: str) -> list[tuple[str, float]]:
        """Read a text file of `key<TAB>number` lines in order; other lines are skipped, as Farasa does."""
        rows: list[tuple[str, float]] = []
        for line in self.path(name).read_text(encoding="utf-8").splitlines():
            key, tab, number = line.partition("\t")
            if tab and "\t" not in number:
                rows.append((key, float(number)))
        return rows

    def weights(self) -> list[float]:
        """Read the 18 weights of the linear model from the text of `segmentation.py`.

        Raises:
            FarasaModelError: they are not where version 0.0.1 has them.
        """
        found = _WEIGHTS_LINE.search(self.path(WEIGHTS).read_text(encoding="utf-8"))
        numbers = [float(item.partition(":")[2]) for item in found[1].split()] if found else []
        if len(numbers) != _WEIGHTS_COUNT:
            raise FarasaModelError(f"no {_WEIGHTS_COUNT} weights in {PACKAGE} {self.version}: install {PACKAGE}==0.0.1")
        return numbers


def find_source() -> ModelSource:
    """Locate PyFarasa by its metadata, so that farasapy's `farasa/__init__.py` in the same folder changes nothing.

    Raises:
        FarasaModelError: PyFarasa is not installed.
    """
    try:
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise FarasaModelError(f"Farasa's model is not installed: run `pip install {PACKAGE}==0.0.1`") from error
    return ModelSource(folder=Path(str(package.locate_file("farasa"))), version=package.version)
