"""Uploads through a real server whose connections break, whose process is killed, whose disk is full."""

from __future__ import annotations

import hashlib
import random
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contest_portal.core.upload_server import MOST_PARTS
from tests.faults.running import Browser, Site, Starter, breaks, content_of, new_site, until

MB = 1 << 20


def ends_as_sent(site: Site, url: str, content: bytes) -> None:
    """The file is stored byte by byte as it was sent, taken once, and nothing of it is left in the staging folder."""
    assert site.state_once_checked(url) == "done"
    sha256 = hashlib.sha256(content).hexdigest()
    assert site.row(url)["sha256"] == sha256
    assert site.stored(sha256) == content
    assert site.times_taken(url) == 1
    until(lambda: site.staged(url.rsplit("/", 1)[-1] + ".*"), lambda paths: not paths)


def hanging(browser: Browser, url: str, offset: int, data: bytes, announced: int) -> socket.socket:
    """A piece of which only `data` is sent, on a connection that neither goes on nor ends."""
    connection = socket.create_connection(browser.address)
    connection.sendall(browser.head_of_piece(url, offset, announced) + data)
    return connection


def bytes_in_parts(site: Site) -> int:
    return sum(path.stat().st_size for path in site.staged("*.part"))


def test_a_file_in_one_piece(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(9 * MB)
    url = browser.begin(len(content))
    assert browser.send(url, 0, content) == 204
    ends_as_sent(site, url, content)


def test_what_came_before_the_connection_broke_is_kept(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(9 * MB)
    url = browser.begin(len(content))
    hanging(browser, url, 0, content[: 3 * MB], len(content)).close()
    until(lambda: bytes_in_parts(site), lambda size: size == 3 * MB)
    assert browser.offset(url) == 3 * MB
    assert site.row(url)["received_bytes"] == 3 * MB
    browser.send_all(url, content, 2 * MB)
    ends_as_sent(site, url, content)


def test_a_piece_that_an_orderly_stop_cuts_off_is_kept(site: Site) -> None:
    server, content = site.start(), content_of(9 * MB)
    browser = site.browser(server)
    url = browser.begin(len(content))
    with hanging(browser, url, 0, content[: 3 * MB], len(content)):
        until(lambda: bytes_in_parts(site), lambda size: size == 3 * MB)
        server.stop()
    browser.go_to(site.start().address)
    assert browser.offset(url) == 3 * MB
    browser.send_all(url, content, 2 * MB)
    ends_as_sent(site, url, content)


def test_who_changes_the_network_goes_on_although_the_old_connection_still_hangs(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(9 * MB)
    url = browser.begin(len(content))
    old = hanging(browser, url, 0, content[: 3 * MB], len(content))
    until(lambda: bytes_in_parts(site), lambda size: size == 3 * MB)
    assert browser.offset(url) == 3 * MB
    assert browser.send(url, 3 * MB, content[3 * MB : 5 * MB]) == 204
    with breaks:
        old.sendall(bytes(6 * MB))  # a slow network brings what is wanted no more
        assert b"409" in old.recv(100).splitlines()[0]
    old.close()
    browser.send_all(url, content, 2 * MB)
    ends_as_sent(site, url, content)


def test_of_a_broken_piece_with_a_checksum_nothing_is_kept(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(3 * MB)
    url = browser.begin(len(content))
    connection = socket.create_connection(browser.address)
    head = browser.head_of_piece(url, 0, len(content), "Upload-Checksum: md5 1B2M2Y8AsgTpgAmY7PhCfg==")
    connection.sendall(head + content[: 2 * MB])
    until(lambda: sum(path.stat().st_size for path in site.staged("*.checked")), lambda size: size == 2 * MB)
    connection.close()
    assert browser.offset(url) == 0
    browser.send_all(url, content, MB)
    ends_as_sent(site, url, content)


def test_a_broken_piece_with_a_checksum_leaves_nothing_on_the_disk(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(3 * MB)
    url = browser.begin(len(content))
    with socket.create_connection(browser.address) as connection:
        head = browser.head_of_piece(url, 0, len(content), "Upload-Checksum: md5 1B2M2Y8AsgTpgAmY7PhCfg==")
        connection.sendall(head + content[:MB])
        until(lambda: site.staged("*.checked"), lambda paths: len(paths) == 1)
    until(lambda: site.staged("*.checked"), lambda paths: not paths)


def test_a_piece_never_grows_beyond_what_its_upload_announced(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(MB)
    url = browser.begin(len(content))
    with hanging(browser, url, 0, bytes(3 * MB), 8 * MB) as connection:
        until(lambda: bytes_in_parts(site), lambda size: size > len(content))
        connection.sendall(bytes(5 * MB))
        assert connection.recv(100).split()[1] == b"413"
    assert site.staged("*.part") == []
    for announced in ("Content-Length: 99000000", "Transfer-Encoding: chunked"):
        head = browser.head_of_piece(url, 0, 1).replace(b"Content-Length: 1\r\n", announced.encode() + b"\r\n")
        with socket.create_connection(browser.address) as connection, breaks:
            connection.sendall(head + b"200000\r\n" + bytes(2 * MB))
            assert connection.recv(100).split()[1] == b"413"
        assert bytes_in_parts(site) <= len(content) + 1
    assert browser.offset(url) in {0, len(content)}


def test_of_many_at_once_to_one_upload_only_a_few_are_kept(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(MB)
    url = browser.begin(len(content))
    with ExitStack() as stack:
        for count in range(1, MOST_PARTS + 1):
            stack.enter_context(hanging(browser, url, 0, content[:1000], len(content)))
            until(lambda: len(site.staged("*.part")), count.__eq__)
        assert browser.send(url, 0, content) == 409
        assert browser.offset(url) == 1000
    browser.send_all(url, content, MB)
    ends_as_sent(site, url, content)


def test_a_large_body_is_taken_only_where_it_is_kept(site: Site) -> None:
    """Nobody fills the folder of temporary files: neither unknown people nor old cookies, by no path and no method."""
    server = site.start(max_upload_mb=20)
    browser = site.browser(server)
    url = browser.begin(90 * MB)
    piece, nobody = (
        browser.head_of_piece(url, 0, 90 * MB),
        Browser("", server.address).head_of_piece("/login", 0, 3 * MB),
    )
    form = b"x-www-form-urlencoded"
    for head in (
        nobody.replace(b"offset+octet-stream", form),
        piece.replace(b"PATCH " + url.encode(), b"POST /uploads/"),
        piece.replace(url.encode(), b"/uploads/elsewhere/deep"),
        piece.replace(b"PATCH", b"PUT"),
        piece.replace(b"Tus-Resumable: 1.0.0\r\n", b""),
    ):
        with socket.create_connection(browser.address) as connection:
            connection.sendall(head)
            assert connection.recv(1000).split()[1] == b"413", head
    assert site.staged() == site.staged(url.rsplit("/", 1)[-1] + ".*")


def test_a_form_is_not_spooled_onto_a_full_disk(site: Site) -> None:
    browser = site.browser(site.start(upload_reserve_mb=1 << 40))
    with socket.create_connection(browser.address) as connection:
        head = browser.head_of_piece("/login", 0, 20 * MB).replace(b"offset+octet-stream", b"x-www-form-urlencoded")
        connection.sendall(head)
        assert connection.recv(1000).split()[1] == b"507"
    assert browser.ask("POST", "/login", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"})[0].status != 507


def test_a_piece_of_an_ended_session_is_forgotten(site: Site) -> None:
    server, content = site.start(), content_of(MB)
    browser = site.browser(server)
    url = browser.begin(len(content))
    later = Browser(site.second_cookie, server.address)
    later.get_form_token()
    site.end_first_session()
    hanging(browser, url, 0, content[:1000], len(content)).close()
    until(lambda: bytes_in_parts(site), lambda size: size == 1000)
    assert later.offset(url) == 0
    assert browser.send(url, 0, content) == 401
    assert site.staged("*.part") == []
    assert later.offset(url) == 0
    later.send_all(url, content, MB)
    ends_as_sent(site, url, content)


def test_hundreds_of_open_connections_keep_nobody_out(site: Site) -> None:
    server = site.start()
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(socket.create_connection(server.address))
        assert site.browser(server).ask("GET", "/csrf")[0].status == 200


def test_a_stranger_can_leave_nothing_behind(site: Site) -> None:
    server, content = site.start(), content_of(2 * MB)
    browser, stranger = site.browser(server), site.browser(server, account=1)
    url = browser.begin(len(content))
    nobody = Browser("", server.address)
    hanging(nobody, url, 0, bytes(MB), len(content)).close()
    hanging(stranger, url, 0, bytes(MB), len(content)).close()
    until(lambda: bytes_in_parts(site), lambda size: size == MB)
    assert browser.offset(url) == 0
    assert stranger.send(url, 0, content) == 404
    assert site.staged("*.part") == []
    browser.send_all(url, content, MB)
    ends_as_sent(site, url, content)


def test_a_connection_goes_on_after_refusals(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(MB)
    url = browser.begin(len(content))
    assert browser.send(url, 7, content) == 409
    assert browser.send(url, 0, content, {"Content-Type": "text/plain"}) == 415
    assert browser.send(url, 0, content, {"Tus-Resumable": "0.1"}) == 412
    assert browser.send(url, 0, content, {"Upload-Checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg=="}) == 460
    assert browser.send(url, 0, content + b"x") == 413
    assert browser.offset(url) == 0
    assert browser.send(url, 0, content) == 204
    ends_as_sent(site, url, content)


def test_a_long_body_that_nobody_wants_is_refused_before_its_end(site: Site) -> None:
    server = site.start(max_upload_mb=1)
    browser = site.browser(server)
    url = browser.begin(100 * MB)
    for head, status in (
        (browser.head_of_piece(url, 7, 90 * MB), b"409"),
        (b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n", b"413"),
        (Browser("", server.address).head_of_piece(url, 0, 90 * MB), b"413"),
        (browser.head_of_piece(url, 0, 90 * MB).replace(b"offset+octet-stream", b"x-www-form-urlencoded"), b"413"),
    ):
        with socket.create_connection(browser.address) as connection:
            connection.sendall(head)
            assert connection.recv(1000).split()[1] == status
    assert browser.offset(url) == 0


def test_who_asks_before_sending_is_told_to_go_on(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(MB)
    url = browser.begin(len(content))
    with socket.create_connection(browser.address) as connection:
        connection.sendall(browser.head_of_piece(url, 0, len(content), "Expect: 100-continue"))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(content)
        assert connection.recv(1000).split()[1] == b"204"
    ends_as_sent(site, url, content)


def test_a_body_of_unknown_length_comes_in_too(site: Site) -> None:
    browser, content = site.browser(site.start()), content_of(MB)
    url = browser.begin(len(content))
    pieces = (content[at : at + 70_000] for at in range(0, len(content), 70_000))
    assert browser.send(url, 0, pieces) == 204
    ends_as_sent(site, url, content)


class Killed:
    """A server that is killed at one moment of an upload, and started again."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        self.draw = random.Random(seed)
        self.server = site.start()
        self.browser = site.browser(self.server)

    def upload(self, content: bytes) -> str:
        url = self.browser.begin(len(content))
        moment, sent = self.draw.randrange(len(content) + MB), 0
        piece = self.draw.choice([MB // 2, 2 * MB, len(content)])

        def handed_over(data: bytes) -> Iterator[bytes]:
            nonlocal sent
            for at in range(0, len(data), 50_000):
                yield data[at : at + 50_000]
                sent += 50_000
                if sent >= moment:
                    self.server.kill()

        with breaks:
            while sent < moment:
                at = self.browser.offset(url)
                data = content[at : at + piece]
                if not data:
                    break
                headers = {"Content-Length": str(len(data))}
                self.browser.send(url, at, handed_over(data), headers)
        if self.server.is_alive():  # its moment is while the file is checked
            time.sleep(self.draw.random() / 20)
            self.server.kill()
        self.server = self.site.start()
        self.browser.go_to(self.server.address)
        self.browser.send_all(url, content, piece)
        return url


@pytest.fixture(scope="module")
def killed_site(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path, starter: Starter) -> Iterator[Site]:
    with new_site(tmp_path_factory.mktemp("killed"), empty_sqlite, starter) as one:
        yield one


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_moment_the_file_ends_as_it_was_sent(killed_site: Site, seed: int) -> None:
    content = content_of(4 * MB + seed, seed)
    killed = Killed(killed_site, seed)
    url = killed.upload(content)
    ends_as_sent(killed_site, url, content)
    killed.server.kill()


@pytest.mark.parametrize("seed", range(20, 24))
def test_killed_at_any_moment_where_files_lie_elsewhere(s3_site: Site, seed: int) -> None:
    content = content_of(4 * MB + seed, seed)
    ends_as_sent(s3_site, Killed(s3_site, seed).upload(content), content)
