"""What every answer tells the browser, and what is refused before a view is asked."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFError
from werkzeug.routing import AnyConverter, BaseConverter
from werkzeug.routing.converters import NumberConverter

from contest_portal import create_app
from contest_portal.core.actor import Role
from contest_portal.core.audit import FIELDS
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.core.operating.answered import Answered, on_answered
from contest_portal.core.pages import csrf
from contest_portal.core.upload_server import make_server
from contest_portal.settings import Settings
from tests.factories import make_account, make_office, sign_in
from tests.serving import running

pytestmark = pytest.mark.pages

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def site(folder: Path, empty_sqlite: Path, **settings: Any) -> Flask:
    """An application on an empty database of its own, settings as given."""
    instance = folder / "instance"
    instance.mkdir()
    (instance / "contest.sqlite3").write_bytes(empty_sqlite.read_bytes())
    return create_app(Settings(instance=instance, jobs_embedded=False, **settings), testing=True)


@pytest.fixture
def behind_proxy(tmp_path: Path, empty_sqlite: Path) -> FlaskClient:
    app = site(
        tmp_path,
        empty_sqlite,
        trusted_proxies=1,
        secure_cookies=True,
        allowed_hosts="contest.example.org, .example.net",
    )
    return app.test_client()


def proxied(host: str = "contest.example.org", scheme: str = "https", **more: str) -> dict[str, str]:
    return {"X-Forwarded-Host": host, "X-Forwarded-Proto": scheme, "X-Forwarded-For": "192.0.2.7", **more}


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("address", ["/", "/login", "/help", "/no-such-page", "/healthz"])
def test_every_answer_binds_the_browser(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = directives(headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == policy["frame-ancestors"] == ["'self'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers  # this is no TLS


def test_over_tls_the_browser_is_held_to_it(behind_proxy: FlaskClient) -> None:
    secure = behind_proxy.get("/login", headers=proxied())
    assert re.fullmatch(r"max-age=(\d{8,}); includeSubDomains", secure.headers["Strict-Transport-Security"])
    assert "Strict-Transport-Security" not in behind_proxy.get("/login", headers=proxied(scheme="http")).headers


def test_cookies_are_the_hosts_own_and_go_over_tls_alone(behind_proxy: FlaskClient) -> None:
    (session,) = behind_proxy.get("/login", headers=proxied()).headers.getlist("Set-Cookie")
    name, *flags = [part.strip() for part in session.split(";")]
    assert name.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(flags)
    assert not any(flag.startswith("Domain") for flag in flags)


def test_without_tls_the_cookie_is_still_out_of_scripts_reach(client: FlaskClient) -> None:
    (session,) = client.get("/login").headers.getlist("Set-Cookie")
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session


@pytest.mark.parametrize(
    "host", ["contest.example.org", "CONTEST.example.org", "contest.example.org:8443", "a.example.net"]
)
def test_the_site_answers_under_its_names(behind_proxy: FlaskClient, host: str) -> None:
    assert behind_proxy.get("/login", headers=proxied(host)).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example.com", "contest.example.org.evil.com", "192.0.2.1", "", "contest.example.org@evil.com"]
)
def test_any_other_name_is_refused(behind_proxy: FlaskClient, host: str) -> None:
    answer = behind_proxy.get("/login", headers={**proxied(host), "Host": host or "nobody"})
    assert answer.status_code == 400
    assert "网址" in answer.get_data(as_text=True)
    assert behind_proxy.get("/healthz", headers=proxied(host)).status_code == 200


def test_headers_of_a_proxy_that_is_not_trusted_are_not_believed(client: FlaskClient) -> None:
    answer = client.get("/login", headers=proxied("evil.example.com", **{"X-Request-Id": "chosen-by-somebody"}))
    assert "evil" not in answer.get_data(as_text=True)
    assert answer.headers["X-Request-Id"] != "chosen-by-somebody"


def test_what_is_refused_before_a_view_has_its_number_and_time_too(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    seen: list[Answered] = []
    on_answered(app, seen.append)
    answer = client.post("/login", data={"name": "somebody"})
    assert answer.status_code == 400
    (told,) = seen
    assert told.request_id == answer.headers["X-Request-Id"] != ""
    assert told.seconds > 0


@pytest.mark.parametrize(("given", "taken"), [("a1b2c3d4e5f60718", True), ('x" onload=', False), ("a" * 41, False)])
def test_the_number_of_a_trusted_proxy_is_kept_where_it_is_one(
    behind_proxy: FlaskClient, given: str, taken: bool
) -> None:
    answer = behind_proxy.get("/login", headers=proxied(**{"X-Request-Id": given}))
    assert (answer.headers["X-Request-Id"] == given) is taken
    assert "request_id" in FIELDS  # and so it stands in the trail of acts
    assert AuditRecord.__table__.c.request_id.type.length == 40


def something_for(converter: BaseConverter) -> object:
    """A value that stands in an address: which does not matter, the token is looked for before the thing."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 2018 if isinstance(converter, NumberConverter) else "x"


def test_no_form_is_taken_without_its_token(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    staff = make_account(Role.OFFICE, office=make_office())
    sign_in(client, staff)
    db.session.rollback()
    refused: list[str] = []

    def refuse(_error: CSRFError) -> Response:
        refused.append("token")
        return Response(status=400)

    app.register_error_handler(CSRFError, refuse)
    for name in list(app.blueprints):  # a room may answer in its own way, but not otherwise
        app.error_handler_spec[name][400].pop(CSRFError, None)
    asked = 0
    taken = []
    for rule in app.url_map.iter_rules():
        values = {name: something_for(converter) for name, converter in rule._converters.items()}
        for method in CHANGING & (rule.methods or set()):
            asked += 1
            with app.test_request_context():
                address = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            before = len(refused)
            answer = client.open(address, method=method)
            if len(refused) == before or answer.status_code != 400:
                taken.append(f"{method} {rule.rule}: {answer.status_code}")
    assert asked > 200
    assert taken == []
    assert csrf._exempt_views == set()
    assert csrf._exempt_blueprints == set()


def is_cut_off(connection: socket.socket) -> bool:
    """Whether the other end closes while one letter after the other is sent."""
    end = time.monotonic() + 30
    try:
        while time.monotonic() < end:
            connection.sendall(b"X")
            time.sleep(0.02)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


def test_a_head_that_does_not_end_is_cut_off(app: Flask) -> None:
    server = make_server(app, "127.0.0.1", 0)
    server.channel_class.head_seconds = 0.2
    with running(server), socket.create_connection(("127.0.0.1", server.effective_port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert is_cut_off(connection)


def test_a_head_that_is_too_long_is_refused(app: Flask) -> None:
    server = make_server(app, "127.0.0.1", 0)
    with running(server), socket.create_connection(("127.0.0.1", server.effective_port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nCookie: " + b"x" * (80 << 10) + b"\r\n\r\n")
        assert b" 431 " in connection.recv(100).splitlines()[0]
