"""The directory of converted models: one conversion per installation of PyFarasa, whoever comes first."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from khabar.engines.farasa_embedded.errors import FarasaModelError
from khabar.engines.farasa_embedded.model import InvalidModelError, Model, open_model
from khabar.engines.farasa_embedded.source import ModelSource, find_source

try:
    import fcntl
except ImportError:  # not on Windows: there two processes may convert at once, which costs time only
    fcntl = None  # type: ignore[assignment]

# Part of a model directory's name: change it whenever the layout or the computation changes.
FORMAT = 1

CACHE_VARIABLE = "KHABAR_CACHE_DIR"
_CONVERSION_TIMEOUT_S = 300


def default_cache_dir() -> Path:
    """Return $KHABAR_CACHE_DIR, else khabar's folder in the user's cache directory.

    Raises:
        FarasaModelError: neither is known.
    """
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "khabar"
    except RuntimeError as error:
        raise FarasaModelError(
            f"this user has no home directory: name a cache directory in {CACHE_VARIABLE}"
        ) from error


def is_converted(cache_dir: Path | None = None) -> bool:
    """Whether the model was converted before, so that opening it takes no time.

    Raises:
        FarasaModelError: PyFarasa is not installed or damaged.
    """
    cache_dir = default_cache_dir() if cache_dir is None else cache_dir
    return (cache_dir / f"farasa-{FORMAT}-{find_source().fingerprint()}").is_dir()


def load_model(cache_dir: Path | None = None) -> Model:
    """Open the converted model; convert it first where it is missing or damaged (8 s, once).

    Any number of processes may call this at once: one converts, the others wait for it. A cache directory that holds
    the model may be read-only.

    Args:
        cache_dir: where converted models are kept, 20 MB each.

    Raises:
        FarasaModelError: PyFarasa is not installed or damaged, or the directory cannot be written.
    """
    source = find_source()
    cache_dir = default_cache_dir() if cache_dir is None else cache_dir
    folder = cache_dir / f"farasa-{FORMAT}-{source.fingerprint()}"
    with contextlib.suppress(InvalidModelError):
        return open_model(folder)
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _lock(cache_dir / "farasa.lock"):
            with contextlib.suppress(InvalidModelError):
                return open_model(folder)  # converted while we waited
            _convert_into(source, folder)
        return open_model(folder)
    except OSError as error:
        raise FarasaModelError(
            f"cannot write the converted model to {cache_dir} ({error.strerror or error}): "
            f"free 50 MB there or name another directory in {CACHE_VARIABLE}"
        ) from error
    except InvalidModelError as error:
        raise FarasaModelError(f"the model just converted cannot be read: {error}") from error


def _convert_into(source: ModelSource, folder: Path) -> None:
    """Convert beside `folder` and rename: it is there whole or not at all."""
    scratch = Path(tempfile.mkdtemp(prefix="converting-", dir=folder.parent))
    try:
        new, old = scratch / "new", scratch / "old"
        new.mkdir()
        _run_conversion(source, new)
        # A damaged directory goes first; who has it open keeps its pages.
        with contextlib.suppress(FileNotFoundError):
            folder.rename(old)
        new.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run_conversion(source: ModelSource, folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "khabar.engines.farasa_embedded.convert"]
    command += [str(source.folder), source.version, str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        subprocess.run(  # noqa: S603 - our own interpreter and module
            command, check=True, capture_output=True, env=environment, timeout=_CONVERSION_TIMEOUT_S
        )
    except subprocess.CalledProcessError as error:
        last_line = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        if "OSError" in last_line:
            raise OSError(last_line) from error
        raise FarasaModelError(f"converting the model failed: {last_line[:500]}") from error
    except subprocess.TimeoutExpired as error:
        raise FarasaModelError(f"converting the model took longer than {_CONVERSION_TIMEOUT_S} s") from error


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)  # released with the file, also when the process is killed
        yield
