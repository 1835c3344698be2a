"""核验 of an uploaded PDF: the file as it was made, a changed one, one that is unknown, one of a revoked certificate."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contest_portal.core.list_documents import ListDocument, list_pdf
from contest_portal.core.rate_limits import limiter
from contest_portal.core.storage import storage
from contest_portal.results.certificates.files import MOST_BYTES
from contest_portal.results.certificates.models import Certificate
from tests.results.certificates.scene import AwardedWorld


@pytest.fixture
def world(app: Flask) -> AwardedWorld:
    return AwardedWorld()


def asked(client: FlaskClient, content: bytes, name: str = "证书.pdf") -> TestResponse:
    return client.post("/certificates/file", data={"file": (io.BytesIO(content), name)})


def pdf_of(row: Certificate) -> bytes:
    with storage().open(row.file_sha256 or "") as stream:
        return stream.read()


def test_the_file_as_it_was_made_a_changed_one_and_a_revoked_one(world: AwardedWorld, client: FlaskClient) -> None:
    row = world.issue("author")[0]
    content = pdf_of(row)
    same = asked(client, content)
    assert (same.status_code, "是原文件，证书有效" in same.text, row.number in same.text) == (200, True, True)
    changed = asked(client, content + b"\n% one line more\n%%EOF\n")
    assert (changed.status_code, "文件与颁发时的不一致" in changed.text) == (200, True)
    assert "证书有效" not in changed.text
    assert "火星医院1" in changed.text
    world.revoke(row.id, "重复颁发")
    revoked = asked(client, content)
    assert ("证书已撤销" in revoked.text, "证书有效" in revoked.text) == (True, False)


def test_what_is_no_certificate_is_unknown_or_refused(world: AwardedWorld, client: FlaskClient) -> None:
    world.issue("author")
    other = list_pdf(ListDocument("三好学生证书", notes=("张晓明",)))
    unknown = asked(client, other)
    assert (unknown.status_code, "没有查到这张证书" in unknown.text) == (404, True)
    assert asked(client, b"%PDF-1.7\nbroken").status_code == 422
    assert "不是 PDF" in asked(client, b"<html>").text
    large = asked(client, b"%PDF-" + b"0" * MOST_BYTES)
    assert (large.status_code, "不是证书的原文件" in large.text) == (422, True)
    assert client.post("/certificates/file", data={}).status_code == 422


def test_files_are_counted_by_address(world: AwardedWorld, client: FlaskClient, app: Flask) -> None:
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True
    limiter.init_app(app)
    try:
        codes = [asked(client, b"<html>").status_code for _number in range(11)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert codes == [422] * 10 + [429]
