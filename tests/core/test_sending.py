"""Stored content on its way to browsers, by a real server: slow viewers hold nobody else up."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from random import Random

import pytest
from flask import Flask, Response

from contest_portal.core.permissions import permission
from contest_portal.core.s3_client import S3Address
from contest_portal.core.sending import PIECE_BYTES, send_content
from contest_portal.core.storage import Storage
from contest_portal.core.storage_s3 import S3Storage
from contest_portal.core.upload_server import make_server
from tests.serving import running

pytestmark = pytest.mark.pages

SIZE = 32 << 20
"""More than waitress and the two ends' buffers take for somebody who reads nothing."""
THREADS = 2
PATIENCE_SECONDS = 30


@permission("core.public")
def get(sha256: str) -> Response:
    return send_content(sha256, mimetype="video/mp4", name="film.mp4")


def content() -> bytes:
    return Random(7).randbytes(SIZE)


@pytest.fixture(params=["local", "s3"])
def film(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> str:
    """The name of a long film that is stored."""
    store: Storage = app.extensions["storage"]
    if request.param == "s3":
        store = S3Storage(S3Address.from_url(request.getfixturevalue("s3_url")), tmp_path / "scratch")
        app.extensions["storage"] = store
    return store.put_bytes(content()).sha256


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    app.add_url_rule("/film/<sha256>", "film.get", get)
    server = make_server(app, "127.0.0.1", 0)
    server.task_dispatcher.set_thread_count(THREADS)
    with running(server):
        yield server.effective_port


def ask(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("headers", ["Range: bytes=0-\r\n", ""])
def test_viewers_who_read_nothing_do_not_stop_the_site(port: int, film: str, headers: str) -> None:
    with ExitStack() as stack:
        for _ in range(2 * THREADS):
            viewer = stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS))
            viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            viewer.sendall(f"GET /film/{film} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
            assert viewer.recv(12) in {b"HTTP/1.1 206", b"HTTP/1.1 200"}
        answer, _body = ask(port, "/login")
    assert answer.status == 200


@pytest.mark.parametrize("begin", [0, 5, SIZE - 7])
def test_open_ranges_are_followed_to_the_end(port: int, film: str, begin: int) -> None:
    whole, found = content(), b""
    while begin + len(found) < SIZE:
        at = begin + len(found)
        answer, body = ask(port, f"/film/{film}", Range=f"bytes={at}-")
        assert answer.status == 206
        assert answer.getheader("Content-Range") == f"bytes {at}-{at + len(body) - 1}/{SIZE}"
        assert int(answer.getheader("Content-Length", "")) == len(body) >= min(PIECE_BYTES, SIZE - at)
        found += body
    assert found == whole[begin:]


def test_closed_ranges_ends_and_wholes_are_exact(port: int, film: str) -> None:
    whole = content()
    assert ask(port, f"/film/{film}", Range="bytes=1000-1999")[1] == whole[1000:2000]
    assert ask(port, f"/film/{film}", Range="bytes=-11")[1] == whole[-11:]
    assert ask(port, f"/film/{film}", Range=f"bytes={SIZE}-")[0].status == 416
    answer, body = ask(port, f"/film/{film}")
    assert (answer.status, body == whole) == (200, True)
    changed = ask(port, f"/film/{film}", Range="bytes=9-", **{"If-Range": '"another"'})
    assert (changed[0].status, changed[1] == whole) == (200, True)
