"""The tus endpoint: the protocol as clients speak it, an upload that belongs to its account, a file that is taken once."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contest_portal.core import jobs
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.core.text import Message
from contest_portal.media import upload_targets
from contest_portal.media.models import Upload
from contest_portal.media.services.receiving import Received
from contest_portal.media.upload_targets import Announced, Place, Target, UploadView, register_target
from tests.factories import made, make_account, make_office, make_school, sign_in

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
CONTENT = random.Random(1).randbytes(300_000)


@dataclass
class Shelf:
    """A target of the tests: takes what fits on it, refuses the rest."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    refuse_with: str = ""
    most: int = 1 << 40

    def begin(self, actor: Actor, place: Place, announced: Announced) -> None:
        if place.get("shelf") != "7":
            raise NotFound
        if announced.size_bytes > self.most:
            raise Invalid(
                "test.too_large",
                Message.of("文件 %(size)s 字节，最大 %(most)s。", size=announced.size_bytes, most=self.most),
            )

    def accepted(self, actor: Actor, place: Place) -> None:
        return None

    def take(self, actor: Actor, upload: UploadView, received: Received) -> None:
        if self.refuse_with:
            raise Invalid("test.refused", self.refuse_with)
        self.taken.append((upload.name, received.sha256))


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    one = Shelf()
    register_target("test-shelf", Target("shelf", one.begin, one.accepted, one.take))
    yield one
    del upload_targets._targets["test-shelf"]


@pytest.fixture
def teacher(app: Flask) -> Actor:
    return make_account(Role.TEACHER, school=make_school(make_office()))


@pytest.fixture
def browser(app: Flask, teacher: Actor) -> FlaskClient:
    return sign_in(app.test_client(), teacher)


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def begin(browser: FlaskClient, size: int = len(CONTENT), **values: str) -> TestResponse:
    said = {"filename": "火星医院.mp4", "target": "test-shelf", "shelf": "7"} | values
    return browser.post("/uploads/", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(**said)})


def begun(browser: FlaskClient, size: int = len(CONTENT), **values: str) -> str:
    answer = begin(browser, size, **values)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].removeprefix("http://localhost")


def send(browser: FlaskClient, url: str, offset: Any, data: bytes, **headers: str) -> TestResponse:
    return browser.patch(url, data=data, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def offset_of(browser: FlaskClient, url: str) -> int:
    answer = browser.head(url, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def test_a_file_comes_in_pieces_and_is_taken_whole(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    assert offset_of(browser, url) == 0
    for at in range(0, len(CONTENT), 70_000):
        answer = send(browser, url, at, CONTENT[at : at + 70_000])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(min(at + 70_000, len(CONTENT)))
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert browser.get(f"{url}/state").json["state"] == "checking"
    jobs.run_all()
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert shelf.taken == [("火星医院.mp4", sha256)]
    with storage().open(sha256) as stored:
        assert stored.read() == CONTENT
    assert browser.get(f"{url}/state").json["state"] == "done"
    assert staging().tokens() == set()
