"""Farasa's jars come only when asked for, over verified TLS, whole, and stay what they were."""

import functools
import http.server
import ssl
import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.farasa_jars import download as module
from khabar.farasa_jars.accepted import RECORD, accept, check_accepted, sha256_of
from khabar.farasa_jars.download import DownloadFailed, download, install
from khabar.farasa_jars.errors import FarasaNotReady
from khabar.farasa_jars.jars import find_jars
from tests.fake_java import FakeJava
from tests.tls import Certificate, authority, signed

JARS = {f"farasa_bin/{name}": name for name in ("lib/FarasaSegmenterJar.jar", "FarasaPOSJar.jar", "FarasaNERJar.jar")}


def zipped(path: Path, files: dict[str, str] = JARS) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files; one is cut short, one leads elsewhere."""

    def do_GET(self) -> None:
        if self.path == "/short.zip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"PK")
        elif self.path == "/elsewhere.zip":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/farasa_bin.zip")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def ca(tmp_path: Path) -> Certificate:
    (tmp_path / "tls").mkdir()
    return authority(tmp_path / "tls", "ca")


@pytest.fixture
def site(tmp_path: Path, ca: Certificate) -> Iterator[str]:
    """A server over TLS on this machine."""
    folder = tmp_path / "site"
    folder.mkdir()
    zipped(folder / "farasa_bin.zip")
    own = signed(tmp_path / "tls", "server", ca)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.cert, own.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(url: str, target: Path, ca: Path | None) -> None:
    download(url, target, ca=ca, on_bytes=lambda _got, _size: None)


def test_jars_are_fetched_unpacked_and_recorded(tmp_path: Path, site: str, ca: Certificate) -> None:
    """From the archive to jars that the engine takes."""
    archive, folder = tmp_path / "got.zip", tmp_path / "jars"
    fetch(f"{site}/farasa_bin.zip", archive, ca.cert)
    record = install(archive, folder, source=site)
    assert record.archive_sha256 == sha256_of(archive)
    jars = find_jars(folder)
    check_accepted(jars)
    assert jars.tagger is not None and jars.namer is not None


@pytest.mark.parametrize(
    ("path", "trusted", "reason"),
    [
        ("farasa_bin.zip", False, "CERTIFICATE_VERIFY_FAILED"),
        ("short.zip", True, "ended after 2 of 1,000 bytes|cannot be fetched"),
        ("elsewhere.zip", True, "'http' is not https"),
        ("none.zip", True, "File not found"),
    ],
)
def test_what_does_not_come_whole_from_who_it_claims_is_refused(
    tmp_path: Path, site: str, ca: Certificate, path: str, trusted: bool, reason: str
) -> None:
    """Farasapy's own download has verification off, and only logs a failure."""
    with pytest.raises(DownloadFailed, match=reason):
        fetch(f"{site}/{path}", tmp_path / "got.zip", ca.cert if trusted else None)
    assert not (tmp_path / "got.zip").exists()


def test_plain_http_is_refused(tmp_path: Path) -> None:
    """Jars are programs."""
    with pytest.raises(DownloadFailed, match="not https"):
        fetch("http://127.0.0.1:9/farasa_bin.zip", tmp_path / "got.zip", None)


@pytest.mark.parametrize("name", ["../evil.jar", "/etc/evil.jar", "a/../../evil.jar", "..\\evil.jar", "C:/evil.jar"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Zip slip."""
    with pytest.raises(DownloadFailed, match="out of its folder"):
        install(zipped(tmp_path / "a.zip", JARS | {name: "x"}), tmp_path / "in" / "jars", source="a")
    assert not list(tmp_path.rglob("evil.jar"))
    assert not (tmp_path / "in" / "jars").exists()


def test_a_link_in_the_archive_is_refused(tmp_path: Path) -> None:
    """A link out of the folder is zip slip in two steps."""
    link = zipfile.ZipInfo("farasa_bin/FarasaPOSJar.jar")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DownloadFailed, match="no plain file"):
        install(tmp_path / "a.zip", tmp_path / "jars", source="a")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says of its sizes is not believed."""
    monkeypatch.setattr(module, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(DownloadFailed, match="unpacks to more"):
        install(zipped(tmp_path / "a.zip", JARS | {"farasa_bin/big.jar": "x" * 2_000}), tmp_path / "jars", source="a")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 damaged"])
def test_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    """A server's page of apology, for example."""
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(DownloadFailed, match="cannot be unpacked"):
        install(tmp_path / "a.zip", tmp_path / "jars", source="a")


def test_an_archive_without_jars_is_refused(tmp_path: Path) -> None:
    """And leaves no half an installation."""
    with pytest.raises(FarasaNotReady, match="no Farasa segmenter"):
        install(zipped(tmp_path / "a.zip", {"readme": "x"}), tmp_path / "jars", source="a")
    assert not (tmp_path / "jars").exists()


def test_another_archive_than_at_first_is_refused_unless_it_is_wanted(tmp_path: Path) -> None:
    """The SHA-256 of the first use holds from then on."""
    folder = tmp_path / "jars"
    install(zipped(tmp_path / "a.zip"), folder, source="a")
    other = zipped(tmp_path / "b.zip", JARS | {"farasa_bin/more.jar": "x"})
    with pytest.raises(DownloadFailed, match="it has changed; --replace"):
        install(other, folder, source="b")
    assert not (folder / "more.jar").exists()
    install(other, folder, source="b", may_replace=True)
    assert (folder / "more.jar").exists()


def test_a_known_sha256_is_checked(tmp_path: Path) -> None:
    """For who has it from elsewhere."""
    with pytest.raises(DownloadFailed, match="not 00"):
        install(zipped(tmp_path / "a.zip"), tmp_path / "jars", source="a", sha256="00")


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """It would be replaced."""
    (tmp_path / "thesis.tex").write_text("years")
    with pytest.raises(DownloadFailed, match="holds other files"):
        install(zipped(tmp_path / "a.zip"), tmp_path, source="a")
    assert (tmp_path / "thesis.tex").exists()


def test_jars_that_nobody_accepted_are_refused(fake_java: FakeJava) -> None:
    """The licence is research use only: somebody has to have read it."""
    (fake_java.jars / RECORD).unlink()
    with pytest.raises(FarasaNotReady, match=r"has not been accepted .* `khabar farasa accept"):
        check_accepted(find_jars(fake_java.jars))


@pytest.mark.parametrize("change", ["changed", "gone", "new"])
def test_a_jar_that_changed_since_is_refused(fake_java: FakeJava, change: str) -> None:
    """A jar is a program, and what made a record stands in its provenance."""
    jar = fake_java.jars / ("new.jar" if change == "new" else "FarasaPOSJar.jar")
    jar.unlink() if change == "gone" else jar.write_bytes(b"other")
    jars = find_jars(fake_java.jars)
    with pytest.raises(FarasaNotReady, match=f"1 of Farasa's files .*{jar.name}"):
        check_accepted(jars)
    accept(jars, source="a test")
    check_accepted(jars)


def test_the_release_of_farasa_is_found_with_its_data(tmp_path: Path) -> None:
    """Its layout is dist/Farasa.jar, dist/lib, FarasaData."""
    for name in ("dist/Farasa.jar", "dist/lib/commons-lang3-3.1.jar", "FarasaData/roots.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    jars = find_jars(tmp_path)
    assert (jars.segmenter, jars.data) == (tmp_path / "dist/Farasa.jar", tmp_path / "FarasaData")
    assert len(jars.files()) == len(jars.segmenter_files()) == 3
