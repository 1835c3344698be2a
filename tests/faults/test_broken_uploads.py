"""Uploads through a real server whose connections break, whose process is killed, whose disk is full."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Browser, Site, content_of, prepare, send_all, until

MB = 1 << 20


@pytest.fixture
def site(tmp_path: Path, empty_sqlite: Path) -> Iterator[Site]:
    found = Site(tmp_path / "instance")
    found.cookies = prepare(found.instance, empty_sqlite, accounts=2)  # type: ignore[attr-defined]
    yield found
    found.stop()


@pytest.fixture
def browser(site: Site) -> Iterator[Browser]:
    one = Browser(site.cookies[0], site.start().address)  # type: ignore[attr-defined]
    one.get_token()
    yield one
    one.close()


def stored_as_sent(site: Site, url: str, content: bytes) -> None:
    assert site.state_once_checked(url) == "done"
    sha256 = hashlib.sha256(content).hexdigest()
    assert site.row(url)["sha256"] == sha256
    assert site.stored(sha256).read_bytes() == content
    assert site.times_taken() == 1
    until(site.staged, lambda names: not names)


def test_a_file_in_one_piece(site: Site, browser: Browser) -> None:
    content = content_of(9 * MB)
    url = browser.begin(len(content))
    assert browser.send(url, 0, content).status == 204
    stored_as_sent(site, url, content)


def test_what_came_before_the_connection_broke_is_kept(site: Site, browser: Browser) -> None:
    content = content_of(9 * MB)
    url = browser.begin(len(content))
    broken = half_a_piece(browser, url, 0, content, 3 * MB)
    until(lambda: parts_size(site), lambda size: size == 3 * MB)
    broken.close()
    assert browser.offset(url) == 3 * MB
    broken = half_a_piece(browser, url, 3 * MB, content[3 * MB :], 2 * MB)
    until(lambda: parts_size(site), lambda size: size == 2 * MB)
    assert browser.offset(url) == 5 * MB, "the old connection hangs; the new one goes on"
    broken.close()
    send_all(browser, url, content, 2 * MB)
    stored_as_sent(site, url, content)


def half_a_piece(browser: Browser, url: str, offset: int, content: bytes, sent: int) -> socket.socket:
    """Announce all of `content`, send `sent` bytes of it, and leave the connection hanging."""
    connection = socket.create_connection(browser.address)
    head = (
        f"PATCH {url} HTTP/1.1\r\nHost: localhost\r\nCookie: {browser.cookie}\r\nX-CSRFToken: {browser.csrf_token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    connection.sendall(head.encode() + content[:sent])
    return connection


def parts_size(site: Site) -> int:
    return sum(path.stat().st_size for path in (site.instance / "uploads").glob("*.part"))
