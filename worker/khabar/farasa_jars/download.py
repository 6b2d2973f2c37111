"""Fetches and unpacks the archive of Farasa's jars: only when a person asks, never by itself."""

import shutil
import ssl
import stat
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import IO, Final

from khabar.errors import KhabarError
from khabar.farasa_jars.accepted import Accepted, accept, read_accepted, sha256_of
from khabar.farasa_jars.jars import find_jars

URL: Final = (
    "https://farasa-api.qcri.org/farasapy/releases/download/toolkit-bins-released/farasa_bin.zip"  # farasapy 0.1.1's
)
MAX_ARCHIVE_BYTES: Final = 500 << 20  # it has 200 MB
MAX_UNPACKED_BYTES: Final = 2 << 30
MAX_FILES: Final = 5_000
CHUNK_BYTES: Final = 1 << 20
ANSWER_S: Final = 60.0


class DownloadFailed(KhabarError):
    """There are no new jars, and what was there before is as it was. The message is one sentence."""


def download(url: str, target: Path, *, ca: Path | None = None, on_bytes: Callable[[int, int], None]) -> None:
    """Fetch an archive to a file over verified TLS.

    Args:
        url: https.
        target: the file; not there on failure.
        ca: certificates to trust besides none other; the system's if None.
        on_bytes: is told bytes so far and in all (0 if the server does not say).

    Raises:
        DownloadFailed: another scheme, also after a redirection; a certificate that does not hold; too large; cut short.
    """
    _require_https(url)
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _HttpsOnly())
    try:
        with opener.open(url, timeout=ANSWER_S) as response, target.open("wb") as file:
            size = int(response.headers.get("Content-Length") or 0)
            got = 0
            while chunk := response.read(CHUNK_BYTES):
                got += len(chunk)
                if max(got, size) > MAX_ARCHIVE_BYTES:
                    raise DownloadFailed(
                        f"{url} has more than {MAX_ARCHIVE_BYTES >> 20} MB, which is no archive of Farasa's jars"
                    )
                file.write(chunk)
                on_bytes(got, size)
        if size and got != size:
            raise DownloadFailed(f"{url} ended after {got:,} of {size:,} bytes: run the same command again")
    except (urllib.error.URLError, OSError, ValueError) as error:
        target.unlink(missing_ok=True)
        reason = getattr(error, "reason", None) or error
        raise DownloadFailed(
            f"{url} cannot be fetched ({str(reason)[:200]}); docs/how-to/engines.md tells how without a network"
        ) from error
    except DownloadFailed:
        target.unlink(missing_ok=True)
        raise


def install(
    archive: Path, folder: Path, *, source: str, sha256: str | None = None, may_replace: bool = False
) -> Accepted:
    """Unpack an archive into a folder and record what it was; the licence has been accepted.

    Args:
        archive: the zip file.
        folder: new, or one that was installed by this function.
        source: where it came from, for the record.
        sha256: what the archive must have; None for any, or for what the folder was installed from.
        may_replace: whether another archive than before is wanted.

    Raises:
        DownloadFailed: another SHA-256, or an archive that cannot be unpacked safely; the folder is as it was.
        FarasaNotReady: there are no jars in it.
    """
    found = sha256_of(archive)
    before = read_accepted(folder)
    if sha256 is not None and found != sha256.lower():
        raise DownloadFailed(f"{source} has SHA-256 {found}, not {sha256}")
    if before is None and folder.exists() and any(folder.iterdir()):
        raise DownloadFailed(
            f"{folder} holds other files: give an empty folder, or `khabar farasa accept` what is there"
        )
    if before is not None and before.archive_sha256 != found and not may_replace:
        raise DownloadFailed(
            f"{source} has SHA-256 {found}, {folder} was installed from {before.archive_sha256}: "
            "it has changed; --replace takes the new one"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        unpacked = Path(scratch) / "jars"
        unpack(archive, unpacked)
        jars = find_jars(unpacked)
        record = accept(jars, source=source, archive_sha256=found)
        if folder.exists():
            shutil.rmtree(folder)
        jars.folder.rename(folder)
    return record


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip file of plain files.

    Raises:
        DownloadFailed: no zip, damaged, a path that leads out of the folder, a link, or too much of it.
    """
    left = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(archive) as content:
            entries = content.infolist()
            if len(entries) > MAX_FILES:
                raise DownloadFailed(
                    f"{archive.name} has {len(entries):,} entries, which is no archive of Farasa's jars"
                )
            for entry in entries:
                target = folder / _safe(entry, archive.name)
                if entry.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with content.open(entry) as packed, target.open("xb") as file:
                    left -= _copy(packed, file, left, archive.name)
    except DownloadFailed:
        raise
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        RuntimeError,
    ) as error:  # RuntimeError: encrypted, or a method unknown here
        raise DownloadFailed(
            f"{archive.name} cannot be unpacked ({type(error).__name__}: {str(error)[:120]})"
        ) from error


def _copy(packed: IO[bytes], file: IO[bytes], left: int, name: str) -> int:
    """Copy at most `left` bytes; what the archive says of its sizes is not believed."""
    copied = 0
    while chunk := packed.read(CHUNK_BYTES):
        copied += len(chunk)
        if copied > left:
            raise DownloadFailed(f"{name} unpacks to more than {MAX_UNPACKED_BYTES >> 20} MB")
        file.write(chunk)
    return copied


def _safe(entry: zipfile.ZipInfo, archive: str) -> PurePosixPath:
    path = PurePosixPath(entry.filename)
    mode = entry.external_attr >> 16
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename or not path.parts:
        raise DownloadFailed(f"{archive} has a path that leads out of its folder: nothing was unpacked")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DownloadFailed(f"{archive} has an entry that is no plain file: nothing was unpacked")
    return path


def _require_https(url: str) -> None:
    if not url.lower().startswith("https://"):
        raise DownloadFailed(
            f"{url.partition(':')[0]!r} is not https: jars are programs, and are fetched over verified TLS only"
        )


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows only redirections to https."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse another scheme."""
        _require_https(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
