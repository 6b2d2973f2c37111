"""Farasapy and PyFarasa both install a folder `farasa/`: whichever comes first or goes, what is left works."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.packages import fetch

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join(str(ROOT / part) for part in ("client", "worker"))
PACKAGES = {"PyFarasa": "PyFarasa==0.0.1", "farasapy": "farasapy==0.1.1"}
BESIDES = ["marisa-trie>=1.4", "pydantic>=2.14", "orjson>=3.13", "requests", "tqdm"]

# Ours reads data files and metadata, and imports nothing of either package.
EMBEDDED = """
from khabar.engines.farasa_embedded.source import find_source
source = find_source()
source.fingerprint(), source.pickle("hmStop"), source.weights()
"""
JARS = """
from pathlib import Path
from khabar.farasa_jars.jars import default_folder, find_jars
from importlib.metadata import distribution
jar = Path(str(distribution("farasapy").locate_file("farasa"))) / "farasa_bin" / "lib" / "FarasaSegmenterJar.jar"
jar.parent.mkdir(parents=True, exist_ok=True)
jar.write_bytes(b"as if farasapy had downloaded it")
assert find_jars(None).segmenter == jar
import farasa.segmenter, farasa.pos, farasa.ner
"""
NO_PYFARASA = """
from khabar.engines.farasa_embedded import FarasaModelError
from khabar.engines.farasa_embedded.source import find_source
try:
    find_source()
except FarasaModelError as error:
    assert "pip install PyFarasa" in str(error), error
else:
    raise SystemExit("PyFarasa is found, and is not installed")
"""
NO_FARASAPY = """
from khabar.farasa_jars import FarasaNotReady
from khabar.farasa_jars.jars import find_jars
try:
    find_jars(None)
except FarasaNotReady as error:
    assert "khabar farasa download" in str(error), error
else:
    raise SystemExit("farasapy is found, and is not installed")
"""


class Environment:
    """A fresh virtual environment."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False)  # this pip works in it from outside, in a third of the time
        self.python = folder / "bin" / "python"

    def pip(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.python),
            "--disable-pip-version-check",
            "--quiet",
            *arguments,
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    def install_besides(self) -> bool:
        """Install what no test is about."""
        return fetch(self.python, *BESIDES).returncode == 0

    def works(self, code: str) -> None:
        done = subprocess.run(
            [str(self.python), "-c", code], env=os.environ | {"PYTHONPATH": PATH}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="paths of a Linux environment")
@pytest.mark.parametrize("order", [["PyFarasa", "farasapy"], ["farasapy", "PyFarasa"]], ids="-".join)
def test_either_order_and_the_uninstallation_of_either_work(tmp_path: Path, order: list[str]) -> None:
    """Only `farasa/__init__.py` collides, and goes with whichever is uninstalled first."""
    environment = Environment(tmp_path / "venv")
    if not environment.install_besides():
        pytest.skip("no package registry can be reached")
    for name in order:
        done = environment.pip("install", PACKAGES[name])
        assert done.returncode == 0, done.stderr
    environment.works(EMBEDDED)
    environment.works(JARS)

    environment.pip("uninstall", "--yes", "farasapy")
    environment.works(EMBEDDED)
    environment.works(NO_FARASAPY)

    environment.pip("install", PACKAGES["farasapy"])
    environment.pip("uninstall", "--yes", "PyFarasa")
    environment.works(JARS)
    environment.works(NO_PYFARASA)
