"""The site behind nginx as deploy/ sets it up: real processes, TLS, uploads, what visitors read when something is wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from contest_portal.core.headers import HSTS
from contest_portal.people.passwords import hash_password
from tests.behind_nginx import HOST, Front, in_front_of
from tests.faults.running import Browser, Site, content_of

PASSWORD = "a-made-up-phrase-2018"
ORIGIN = {"Host": HOST, "Referer": f"https://{HOST}/"}
COOKIE = "__Host-contest_portal"
MEGABYTE = 1 << 20


@pytest.fixture
def front(site: Site, tmp_path: Path) -> Iterator[Front]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    settings = {"secure_cookies": "true", "trusted_proxies": 1, "allowed_hosts": HOST, "public_url": f"https://{HOST}"}
    server = site.start(**settings)
    with in_front_of(f"127.0.0.1:{server.address[1]}", folder) as one:
        yield one


class TlsBrowser(Browser):
    """Speaks to nginx, under the site's name."""

    def __init__(self, cookie: str, front: Front) -> None:
        super().__init__(f"{COOKIE}={cookie.partition('=')[2]}", ("127.0.0.1", front.tls_port))
        self._connection = front.connect()

    @property
    def own_headers(self) -> dict[str, str]:
        return super().own_headers | ORIGIN


def test_a_film_of_20_megabytes_comes_through_in_pieces(site: Site, front: Front) -> None:
    browser, content = TlsBrowser(site.cookies[0], front), content_of(20 * MEGABYTE)
    browser.get_form_token()
    url = browser.begin(len(content))
    path = urlsplit(url).path
    browser.send_all(path, content, 8 * MEGABYTE)
    assert site.state_once_checked(path) == "done"
    assert site.times_taken(path) == 1
    browser.close()


def test_the_site_knows_its_visitors_addresses_and_believes_nothing_that_they_write(site: Site, front: Front) -> None:
    database = site.instance / "contest.sqlite3"
    with closing(sqlite3.connect(database, timeout=30)) as rows, rows:
        rows.execute("delete from login_session")
        change = "update account set login_name = 'teacher', password_hash = ? where id = 1"
        rows.execute(change, (hash_password(PASSWORD),))
    browser = TlsBrowser("=", front)
    browser._connection = front.connect(source="127.0.0.2")
    browser.get_form_token()
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-Ip": "203.0.113.9", "X-Forwarded-Proto": "http",
              "X-Forwarded-Host": "evil.example.org", "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    answer, _page = browser.ask("POST", "/login", urlencode({"name": "teacher", "password": PASSWORD}).encode(), forged)
    assert answer.status == 302
    assert "evil" not in (answer.getheader("Location") or "")
    assert "max-age=31536000" in (answer.getheader("Strict-Transport-Security") or "")
    assert {"Secure", "HttpOnly"} <= set((answer.getheader("Set-Cookie") or "").split("; "))
    with closing(sqlite3.connect(database, timeout=30)) as rows:
        assert rows.execute("select address from login_session").fetchall() == [("127.0.0.2",)]
    browser.close()


def test_without_tls_one_is_led_to_it(front: Front) -> None:
    connection = front.plain()
    connection.request("GET", "/works?page=2", headers={"Host": HOST})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{HOST}/works?page=2")
    connection.close()


def test_more_than_a_form_may_send_is_refused_in_words_before_it_comes(front: Front) -> None:
    connection = front.connect()
    connection.putrequest("POST", "/login", skip_host=True)
    for name, value in {**ORIGIN, "Content-Length": str(551 * MEGABYTE)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, "文件太大" in answer.read().decode()) == (413, True)
    connection.close()


def test_a_body_of_nobody_is_refused_by_its_head_and_lies_on_no_disk_of_nginx(front: Front) -> None:
    """The program takes little from whom it does not know; a buffering nginx would hold the answer back until all came."""
    connection = front.connect()
    connection.putrequest("POST", "/login", skip_host=True)
    length = {"Content-Length": str(500 * MEGABYTE), "Content-Type": "application/x-www-form-urlencoded"}
    for name, value in {**ORIGIN, **length}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(b"x" * MEGABYTE)
    answer = connection.getresponse()  # the rest never comes
    # The program answers 413 and hangs up; where nginx is still writing it sees only the latter, and says its own 503.
    assert answer.status in {413, 503}
    assert [path for path in (front.folder / "client_body").rglob("*") if path.is_file()] == []
    connection.close()


def test_while_the_site_restarts_visitors_read_that_it_comes_back(site: Site, front: Front) -> None:
    site.stop()
    connection = front.connect()
    connection.request("GET", "/", headers=ORIGIN)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Retry-After")) == (503, "10")
    assert answer.getheader("Strict-Transport-Security") == HSTS
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert "default-src 'none'" in (answer.getheader("Content-Security-Policy") or "")
    assert "网站正在更新" in answer.read().decode()
    connection.close()


def test_what_others_ask_is_not_told_outside_and_no_secret_comes_into_the_log(front: Front) -> None:
    connection = front.connect()
    for path, status in (("/readyz", 404), ("/healthz", 200), ("/join/SECRET-OF-AN-INVITATION?q=SECRET", None)):
        connection.request("GET", path, headers=ORIGIN)
        answer = connection.getresponse()
        answer.read()
        assert status in {None, answer.status}, path
    connection.close()
    log = (front.folder / "access.log").read_text("utf-8")
    assert '"place":"/join"' in log
    assert "SECRET" not in log
