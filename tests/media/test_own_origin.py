"""Files under an address of their own: who may see one is decided at the site, the file itself lies where nobody is
signed in, and nothing else answers there."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal import create_app
from contest_portal.core import own_origin
from contest_portal.core.permissions import permission
from contest_portal.core.storage import storage
from contest_portal.media.serving import send_blob
from contest_portal.settings import Settings

pytestmark = pytest.mark.pages

SITE, FILES = "https://contest.example.org", "https://files.example.org"
CONTENT = b"%PDF-1.4 not really one"


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
