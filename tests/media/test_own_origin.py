"""Files under an address of their own: who may see one is decided at the site, the file itself lies where nobody is
signed in, and nothing else answers there."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal import create_app
from contest_portal.contests.models import ContestAttachment
from contest_portal.core import own_origin
from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.permissions import permission
from contest_portal.core.storage import storage
from contest_portal.media.serving import send_blob
from contest_portal.people.consent_rules import ConsentInput
from contest_portal.people.models import Account
from contest_portal.people.services.consents import record_consents
from contest_portal.people.sessions import begin_session
from contest_portal.settings import Settings
from tests.events.factories import make_event, make_file
from tests.factories import make_account, make_contest, make_office, make_school, make_student

pytestmark = pytest.mark.pages

SITE, FILES = "https://contest.example.org", "https://files.example.org"
CONTENT = b"%PDF-1.4 not really one"
SCAN = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def made(folder: Path, **settings: Any) -> Flask:
    return create_app(Settings(instance=folder / "instance", jobs_embedded=False, **settings), testing=True)


@pytest.fixture
def app(tmp_path: Path, empty_sqlite: Path) -> Flask:
    """A site that shows one content, as a PDF or as a film."""
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "contest.sqlite3").write_bytes(empty_sqlite.read_bytes())
    app = made(tmp_path, public_url=SITE, files_url=FILES)
    with app.app_context():
        sha256 = storage().put_bytes(CONTENT).sha256

    @permission("core.public")
    def show(kind: str) -> Any:
        blob: Any = SimpleNamespace(sha256=sha256, kind=kind)
        return send_blob(blob, f"作品.{kind}")

    app.add_url_rule("/shown/<kind>", "shown", show)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def way_to(client: FlaskClient, kind: str, query: str = "") -> str:
    answer = client.get(f"/shown/{kind}{query}", base_url=SITE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{FILES}/signed-files/")
    assert "no-store" in answer.headers["Cache-Control"]
    return urlsplit(answer.headers["Location"]).path


def test_the_file_comes_from_its_own_address_and_the_site_may_frame_it(client: FlaskClient) -> None:
    answer = client.get(way_to(client, "pdf"), base_url=FILES)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, CONTENT, "application/pdf")
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors {SITE}" in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers


def test_the_site_lets_its_pages_show_what_comes_from_there(client: FlaskClient) -> None:
    policy = client.get("/login", base_url=SITE).headers["Content-Security-Policy"]
    for kind in ("img-src", "media-src", "frame-src"):
        (words,) = [one.split() for one in policy.split("; ") if one.startswith(kind)]
        assert FILES in words
    assert f"script-src 'self' {FILES}" not in policy


def test_a_download_stays_one(client: FlaskClient) -> None:
    answer = client.get(way_to(client, "pdf", "?download"), base_url=FILES)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_word_is_good_there_alone_and_nothing_else_is_there(client: FlaskClient) -> None:
    way = way_to(client, "pdf")
    assert client.get(way, base_url=SITE).status_code == 404
    assert client.get(way[:-2], base_url=FILES).status_code == 404
    for page in ("/", "/login", "/shown/pdf", "/static/dist/app.css"):
        assert client.get(page, base_url=FILES).status_code == 404
    assert client.get("/healthz", base_url=FILES).status_code == 200


@pytest.mark.parametrize(
    ("kind", "minutes", "status"), [("pdf", 9, 200), ("pdf", 11, 404), ("mp4", 170, 200), ("mp4", 190, 404)]
)
def test_a_word_grows_old(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, kind: str, minutes: int, status: int
) -> None:
    way = way_to(client, kind)
    moment = time.time() + minutes * 60
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: moment)
    assert client.get(way, base_url=FILES).status_code == status


def test_a_film_is_sent_by_range_there(client: FlaskClient) -> None:
    answer = client.get(way_to(client, "mp4"), base_url=FILES, headers={"Range": "bytes=1-4"})
    assert (answer.status_code, answer.data) == (206, CONTENT[1:5])


def from_there(client: FlaskClient, address: str) -> Any:
    """What the site sends a signed-in person to, fetched without any cookie."""
    answer = client.get(address, base_url=SITE)
    assert answer.status_code == 302, (address, answer.status_code)
    way = answer.headers["Location"]
    assert way.startswith(f"{FILES}/signed-files/")
    return client.application.test_client().get(urlsplit(way).path, base_url=FILES)


def test_files_of_every_room_come_from_there(app: Flask) -> None:
    """Consents, files of events and of calls: not only those of works."""
    with app.app_context():
        office = make_office()
        school = make_school(office)
        student = make_student(school, "欧阳星河")
        given = ConsentInput(student.id, "欧阳建国", "父亲", date(2018, 2, 20), scan=SCAN, scan_name="欧阳星河.pdf")
        consent = record_consents(make_account(Role.SCHOOL_MANAGER, school=school), school.id, [given])[0]
        event_file = make_file(make_event(office), "说明.html", b"<script>alert(1)</script>")
        call = make_contest(office)
        sha256 = storage().put_bytes(SCAN).sha256
        attached = ContestAttachment(
            contest_id=call.id,
            kind="attachment",
            title="通知",
            file_name="通知.pdf",
            file_sha256=sha256,
            size_bytes=len(SCAN),
            added_at=now(),
        )
        db.session.add(attached)
        db.session.commit()
        addresses = {
            f"/consents/{consent.id}/scan": (SCAN, "application/pdf", "inline"),
            f"/events/{event_file.event_id}/files/{event_file.id}": (
                b"<script>alert(1)</script>",
                "application/octet-stream",
                "attachment",
            ),
            f"/contests/{call.id}/files/{attached.id}": (SCAN, "application/pdf", "inline"),
        }
        client = app.test_client()
        token = begin_session(db.session.get_one(Account, make_account(Role.OFFICE, office=office).account_id))
        db.session.commit()
    with client.session_transaction(base_url=SITE) as session:
        session["_user_id"], session["_fresh"] = token, True
    for address, (content, mimetype, how) in addresses.items():
        answer = from_there(client, address)
        assert (answer.status_code, answer.data, answer.mimetype) == (200, content, mimetype), address
        assert answer.headers["Content-Disposition"].startswith(how)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_way_tells_no_name(client: FlaskClient) -> None:
    """A file's name may hold a pupil's; what stands in an address is read by whoever sees a history or a log."""
    token = way_to(client, "pdf").removeprefix(own_origin.PATH)
    word = token.split(".")[0] + "=="
    told = token.encode() + urlsafe_b64decode(word) + urlsafe_b64decode(urlsafe_b64decode(word).strip(b'"') + b"==")
    assert "作品".encode() not in told
    assert b"application/pdf" not in told


@pytest.mark.parametrize(
    "settings",
    [
        {"files_url": FILES},
        {"files_url": SITE, "public_url": SITE},
        {"files_url": f"{FILES}/folder", "public_url": SITE},
        {"files_url": "files.example.org", "public_url": SITE},
    ],
)
def test_an_address_that_would_not_keep_them_apart_is_refused_at_the_start(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"https|FILES_URL"):
        made(tmp_path, **settings)


def test_words_are_signed_for_files_alone(app: Flask) -> None:
    """A session's or an invitation's signature of the same secret must not open a file."""
    from itsdangerous import URLSafeTimedSerializer

    other = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="cookie-session").dumps({"sha256": "0" * 64})
    assert app.test_client().get(own_origin.PATH + other, base_url=FILES).status_code == 404
