"""nginx as deploy/ sets it up, on ports of its own and with a certificate of nobody."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TEMPLATE = Path(__file__).parents[1] / "deploy" / "nginx.conf.template"
HOST = "contest.example.org"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Front:
    """Where nginx answers: for plain HTTP, and with TLS under the name HOST."""

    port: int
    tls_port: int
    folder: Path

    def plain(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)

    def connect(self, source: str = "127.0.0.1") -> HTTPSConnection:
        """As a visitor at the address `source`; the certificate must be the one that was made."""
        context = ssl.create_default_context(cafile=str(self.folder / "site.pem"))
        context.check_hostname = False  # the address is a number here
        return HTTPSConnection(
            "127.0.0.1", self.tls_port, timeout=PATIENCE_SECONDS, context=context, source_address=(source, 0)
        )


def program() -> str:
    """nginx, or the test is skipped."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip("nginx is not here")
    return found


@contextmanager
def in_front_of(site: str, folder: Path) -> Iterator[Front]:
    """nginx before the site at `site` (address:port), its files in `folder`, until the block ends."""
    nginx, front = program(), Front(_free_port(), _free_port(), folder)
    write_configuration(folder, site, front.port, front.tls_port)
    words = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen([*words, "-g", "daemon off;"])
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not _answers(front.tls_port):
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError((folder / "error.log").read_text("utf-8"))
            time.sleep(0.05)
        yield front
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def write_configuration(folder: Path, site: str, port: int = 80, tls_port: int = 443) -> None:
    """`nginx.conf` with the template rendered for that site, and the certificate."""
    text = TEMPLATE.read_text("utf-8").replace("${CONTEST_HOST}", HOST).replace("${CONTEST_SITE}", site)
    text = text.replace("/etc/nginx/tls", str(folder)).replace("/dev/stdout", str(folder / "access.log"))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{tls_port} ssl;")
    assert "${" not in text
    (folder / "site.conf").write_text(text, "utf-8")
    user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""  # the folder is closed to others
    places = "".join(
        f"{one}_temp_path {folder}/{one};\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\n{places}include {folder}/site.conf;\n}}\n",
        "utf-8",
    )
    _write_certificate(folder)


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int) -> bool:
    with closing(socket.socket()) as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _write_certificate(folder: Path) -> None:
    """A certificate of nobody, for as long as the test runs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    begin = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "site.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "site.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
