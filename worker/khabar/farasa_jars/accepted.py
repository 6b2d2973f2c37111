"""A person's consent to Farasa's licence and to exactly these files; written once beside the jars, checked at every start."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from khabar.farasa_jars.errors import FarasaNotReady
from khabar.farasa_jars.jars import Jars

RECORD: Final = "khabar-accepted.json"

LICENCE: Final = """\
Farasa is (c) Qatar Computing Research Institute (QCRI), Hamad Bin Khalifa University. It is made public for research
purposes only, WITHOUT ANY WARRANTY, without even the implied warranty of merchantability or fitness for a particular
purpose. For any other use ask QCRI for permission: Kareem Darwish, Hamdy Mubarak, Ahmed Abdelali (https://farasa.qcri.org).
"""


@dataclass(frozen=True)
class Accepted:
    """The record of an acceptance.

    Attributes:
        at: when, ISO 8601.
        source: the URL or path they came from.
        archive_sha256: of the archive; None where the jars were laid there by hand.
        files: path below the folder -> SHA-256.
    """

    at: str
    source: str
    archive_sha256: str | None
    files: dict[str, str]


def accept(jars: Jars, *, source: str, archive_sha256: str | None = None) -> Accepted:
    """Record that the licence is accepted, and what the files are.

    Raises:
        OSError: the folder cannot be written.
    """
    record = Accepted(datetime.now(UTC).isoformat(timespec="seconds"), source, archive_sha256, _hashes(jars))
    (jars.folder / RECORD).write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return record


def read_accepted(folder: Path) -> Accepted | None:
    """Return the record of a folder, None where nothing was accepted.

    Raises:
        FarasaNotReady: it cannot be read.
    """
    try:
        return Accepted(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise FarasaNotReady(
            f"{folder / RECORD} cannot be read ({type(error).__name__}): delete it and run `khabar farasa accept {folder}`"
        ) from error


def check_accepted(jars: Jars) -> None:
    """See that the licence was accepted and that no file has changed since; 200 MB take 0.2 s.

    Raises:
        FarasaNotReady: it was not, or one has.
    """
    record = read_accepted(jars.folder)
    if record is None:
        raise FarasaNotReady(
            f"Farasa's licence (research use only) has not been accepted for {jars.folder}: "
            f"read and accept it with `khabar farasa accept {jars.folder}`"
        )
    now = _hashes(jars)
    changed = sorted(name for name in {*now, *record.files} if now.get(name) != record.files.get(name))
    if changed:
        raise FarasaNotReady(
            f"{len(changed)} of Farasa's files in {jars.folder} are not those that were accepted ({changed[0]} first): "
            f"restore them, or run `khabar farasa accept {jars.folder}` if the change is yours"
        )


def identity(jars: Jars) -> str:
    """Return twelve digits that stand for what decides the segmenter's answers, for the provenance."""
    digest = hashlib.sha256()
    for path in jars.segmenter_files():
        digest.update(f"{path.name} {sha256_of(path)}\n".encode())
    return digest.hexdigest()[:12]


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hashes(jars: Jars) -> dict[str, str]:
    return dict(_named(jars.folder, jars.files()))


def _named(folder: Path, paths: Iterable[Path]) -> Iterable[tuple[str, str]]:
    for path in paths:
        yield path.relative_to(folder).as_posix(), sha256_of(path)
