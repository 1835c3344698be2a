"""The tus endpoint: the protocol as clients speak it, an upload that belongs to its account, a file that is taken once."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from contest_portal.core import jobs
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.staging import staging
from contest_portal.core.storage import Storage, Stored, storage
from contest_portal.core.text import Message
from contest_portal.media import upload_targets
from contest_portal.media.models import Upload
from contest_portal.media.queries import upload_of_token
from contest_portal.media.services.receiving import Received
from contest_portal.media.services.sweeping_uploads import sweep_uploads
from contest_portal.media.services.taking_uploads import take_upload
from contest_portal.media.services.uploads import resume
from contest_portal.media.upload_targets import Announced, Place, Target, UploadView, register_target
from contest_portal.people.models import LoginSession, School
from tests.factories import make_account, make_office, make_school, sign_in

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
CONTENT = random.Random(1).randbytes(300_000)


@dataclass
class Shelf:
    """A target of the tests: takes what fits on it, refuses the rest."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    refuse_with: str = ""
    most: int = 1 << 40
    closes_at: datetime | None = None

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

    def ends_at(self, place: Place) -> datetime | None:
        return self.closes_at


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    one = Shelf()
    register_target("test-shelf", Target("shelf", one.begin, one.accepted, one.take, ends_at=one.ends_at))
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


def test_what_the_server_speaks_is_asked_without_signing_in(client: FlaskClient) -> None:
    answer = client.options("/uploads/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
    }  # fmt: skip
    assert set(answer.headers["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256", "md5"}
    assert int(answer.headers["Tus-Max-Size"]) >= 2 << 30


def test_another_version_of_the_protocol_is_412(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        answers = [
            browser.post("/uploads/", headers={"Upload-Length": "3", **headers}),
            browser.head(url, headers=headers),
            browser.patch(url, data=b"abc", headers={**PIECE, "Upload-Offset": "0", "Tus-Resumable": "", **headers}),
            browser.delete(url, headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [412] * 4
        assert {answer.headers["Tus-Version"] for answer in answers} == {"1.0.0"}
    assert offset_of(browser, url) == 0


def test_a_length_that_is_no_number_is_400(browser: FlaskClient, shelf: Shelf) -> None:
    headers = {**TUS, "Upload-Metadata": metadata(target="test-shelf", shelf="7")}
    for length in ("", "-1", "1e3", "0x10", "1.0", " 5", "٣", "9" * 30):
        environ = {"HTTP_UPLOAD_LENGTH": length.encode().decode("latin-1")}
        assert browser.post("/uploads/", headers=headers, environ_overrides=environ).status_code == 400, length


def test_an_offset_that_is_no_number_is_400(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    for offset in ("", "-1", "1e1", "0x0", "+0", "0 ", "abc", "9" * 30):
        environ = {"HTTP_UPLOAD_OFFSET": offset}
        answer = browser.patch(url, data=b"abc", headers=PIECE, environ_overrides=environ)
        assert answer.status_code == 400, offset
        assert offset_of(browser, url) == 0, offset


UNREADABLE_METADATA = (
    "filename ***", "filename /w==", "ключ YQ==", ",", "a YQ==,a YQ==", "a YQ== YQ==", "a AA==", "a " + "YWFh" * 4000,
)  # fmt: skip


def test_metadata_that_cannot_be_read_is_400(browser: FlaskClient, shelf: Shelf) -> None:
    for text in UNREADABLE_METADATA:
        environ = {"HTTP_UPLOAD_METADATA": text.encode().decode("latin-1")}
        answer = browser.post("/uploads/", headers={**TUS, "Upload-Length": "3"}, environ_overrides=environ)
        assert answer.status_code == 400, text
        assert "Upload-Metadata" in answer.json["message"], text


def test_a_length_told_later_is_not_spoken(browser: FlaskClient, shelf: Shelf) -> None:
    headers = {**TUS, "Upload-Defer-Length": "1", "Upload-Metadata": metadata(target="test-shelf", shelf="7")}
    assert browser.post("/uploads/", headers=headers).status_code == 400


def test_no_target_and_an_unknown_one_are_refused_in_words(browser: FlaskClient, shelf: Shelf) -> None:
    for target in ("", "nowhere"):
        answer = begin(browser, target=target)
        assert answer.status_code == 422
        assert "刷新页面" in answer.json["message"]


def test_what_the_target_does_not_let_in_is_told_before_the_first_byte(browser: FlaskClient, shelf: Shelf) -> None:
    shelf.most = 1000
    answer = begin(browser, 1001)
    assert (answer.status_code, answer.json["message"]) == (422, "文件 1001 字节，最大 1000。")
    assert begin(browser, 1000).status_code == 201
    assert begin(browser, 1000, shelf="8").status_code == 404


def test_a_file_larger_than_any_may_be_is_413(app: Flask, browser: FlaskClient, shelf: Shelf) -> None:
    largest = app.config["SETTINGS"].largest_upload_mb << 20
    answer = begin(browser, largest + 1)
    assert answer.status_code == 413
    assert f"{largest + 1} B，超过了网站允许的最大 {largest} B" in answer.json["message"]


def test_a_piece_of_another_type_is_415(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    answer = browser.patch(url, data=b"abc", headers={**TUS, "Upload-Offset": "0", "Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert offset_of(browser, url) == 0


def test_a_piece_elsewhere_than_at_the_end_is_409(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    assert send(browser, url, 0, CONTENT[:1000]).status_code == 204
    assert send(browser, url, 999, CONTENT[999:2000]).status_code == 409
    assert send(browser, url, 1001, CONTENT[1001:2000]).status_code == 409
    assert send(browser, url, 0, CONTENT[:1000]).status_code == 409
    assert offset_of(browser, url) == 1000


def test_more_than_was_announced_is_413_and_not_kept(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser, 1000)
    assert send(browser, url, 0, CONTENT[:1001]).status_code == 413
    assert offset_of(browser, url) == 0
    assert send(browser, url, 0, CONTENT[:1000]).status_code == 204
    assert send(browser, url, 1000, b"x").status_code == 413
    assert send(browser, url, 1000, b"").status_code == 204


def test_a_piece_whose_checksum_differs_is_460_and_nothing_of_it_is_kept(browser: FlaskClient, shelf: Shelf) -> None:
    for algorithm in ("sha1", "sha256", "md5"):
        url, data = begun(browser), CONTENT[:5000]
        right = base64.b64encode(hashlib.new(algorithm, data).digest()).decode()
        answer = send(browser, url, 0, data[:-1] + b"!", **{"Upload-Checksum": f"{algorithm} {right}"})
        assert answer.status_code == 460, algorithm
        assert offset_of(browser, url) == 0, algorithm
        assert send(browser, url, 0, data, **{"Upload-Checksum": f"{algorithm} {right}"}).status_code == 204, algorithm
        assert offset_of(browser, url) == 5000, algorithm


def test_a_checksum_that_cannot_be_read_is_400(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    for text in ("crc32 AAAA", "sha1", "sha1 ***", "sha1 YQ==", ""):
        assert send(browser, url, 0, b"abc", **{"Upload-Checksum": text}).status_code == 400, text
        assert offset_of(browser, url) == 0, text


def test_the_first_piece_may_come_with_the_creation(browser: FlaskClient, shelf: Shelf) -> None:
    headers = {
        **PIECE,
        "Upload-Length": str(len(CONTENT)),
        "Upload-Metadata": metadata(filename="a.mp4", target="test-shelf", shelf="7"),
    }
    answer = browser.post("/uploads/", data=CONTENT[:100_000], headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "100000")
    url = answer.headers["Location"].removeprefix("http://localhost")
    assert send(browser, url, 100_000, CONTENT[100_000:]).status_code == 204
    jobs.run_all()
    assert shelf.taken == [("a.mp4", hashlib.sha256(CONTENT).hexdigest())]


def test_an_upload_given_up_is_gone_with_its_bytes(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT[:1000])
    assert browser.delete(url, headers=TUS).status_code == 204
    assert browser.head(url, headers=TUS).status_code == 410
    assert send(browser, url, 1000, CONTENT[1000:]).status_code == 410
    assert browser.delete(url, headers=TUS).status_code == 410
    assert staging().tokens() == set()
    assert browser.get(f"{url}/state").json["state"] == "cancelled"


def test_a_finished_upload_cannot_be_given_up(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser, 4)
    send(browser, url, 0, b"film")
    assert browser.delete(url, headers=TUS).status_code == 409
    jobs.run_all()
    assert len(shelf.taken) == 1


def test_where_patch_and_delete_do_not_get_through_the_method_stands_in_a_header(
    browser: FlaskClient, shelf: Shelf
) -> None:
    url = begun(browser)
    headers = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert browser.post(url, data=CONTENT[:10], headers=headers).status_code == 204
    assert offset_of(browser, url) == 10
    assert browser.post(url, headers={**TUS, "X-HTTP-Method-Override": "PUT"}).status_code == 422
    assert browser.post(url, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204


def test_an_upload_of_another_account_is_404(app: Flask, browser: FlaskClient, teacher: Actor, shelf: Shelf) -> None:
    url = begun(browser)
    colleague = sign_in(
        app.test_client(), make_account(Role.TEACHER, school=db.session.get_one(School, teacher.school_id))
    )
    assert colleague.head(url, headers=TUS).status_code == 404
    assert send(colleague, url, 0, CONTENT).status_code == 404
    assert colleague.delete(url, headers=TUS).status_code == 404
    assert colleague.get(f"{url}/state").status_code == 404
    assert colleague.post(url, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 404
    assert colleague.get("/uploads/?target=test-shelf&shelf=7").json == []
    assert offset_of(browser, url) == 0
    assert [path.name for path in staging().folder.glob("*.part")] == []


def test_nobody_signed_in_is_401_and_never_sent_to_a_page(
    client: FlaskClient, browser: FlaskClient, shelf: Shelf
) -> None:
    url = begun(browser)
    answers = [client.post("/uploads/", headers=TUS), client.head(url, headers=TUS), send(client, url, 0, b"abc")]
    assert [answer.status_code for answer in answers] == [401] * 3


def test_a_token_that_was_never_given_is_404(browser: FlaskClient, shelf: Shelf) -> None:
    for token in ("x", "..%2f..%2fetc%2fpasswd", "a" * 43, "%00", "." * 43, "*" * 43, "火" * 20):
        assert browser.head(f"/uploads/{token}", headers=TUS).status_code == 404, token
        assert send(browser, f"/uploads/{token}", 0, b"abc").status_code == 404, token
        assert staging().tokens() == set(), token


HOSTILE_NAMES = (
    ("../../etc/passwd", "passwd"),
    ("C:\\作品\\火星医院.mp4", "火星医院.mp4"),
    ("a\r\nSet-Cookie: b.mp4", "aSet-Cookie: b.mp4"),
    ("", "file"),
    ("长" * 500 + ".mp4", "长" * 196 + ".mp4"),
)


def test_of_a_hostile_name_the_harmless_part_is_kept(browser: FlaskClient, shelf: Shelf) -> None:
    for name, kept in HOSTILE_NAMES:
        url = begun(browser, filename=name)
        assert browser.get(f"{url}/state").json["name"] == kept


def test_a_second_device_of_the_same_account_finds_and_continues_it(
    app: Flask, browser: FlaskClient, teacher: Actor, shelf: Shelf
) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT[:120_000])
    telephone = sign_in(app.test_client(), teacher)
    found = telephone.get("/uploads/?target=test-shelf&shelf=7").json
    assert [(one["url"], one["name"], one["offset"], one["size"], one["percent"]) for one in found] == [
        (url, "火星医院.mp4", 120_000, 300_000, 40)
    ]
    assert telephone.get("/uploads/?target=test-shelf&shelf=6").json == []
    assert telephone.get("/uploads/?target=test-shelf&shelf=%00").json == []
    assert send(telephone, url, 120_000, CONTENT[120_000:]).status_code == 204
    assert send(browser, url, 120_000, CONTENT[120_000:]).status_code == 409
    jobs.run_all()
    assert len(shelf.taken) == 1
    assert telephone.get("/uploads/?target=test-shelf&shelf=7").json == []


def test_what_differs_from_the_announced_hash_is_refused(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser, sha256=hashlib.sha256(CONTENT).hexdigest().upper())
    send(browser, url, 0, CONTENT[:-1] + b"!")
    jobs.run_all()
    state = browser.get(f"{url}/state").json
    assert state["state"] == "refused"
    assert "发生了变化" in state["words"]
    assert shelf.taken == []
    assert list(storage().names()) == []
    assert staging().tokens() == set()


def test_what_was_announced_is_taken(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser, sha256=hashlib.sha256(CONTENT).hexdigest())
    send(browser, url, 0, CONTENT)
    jobs.run_all()
    assert len(shelf.taken) == 1
    assert begin(browser, sha256="abc").status_code == 400


def announce(browser: FlaskClient, url: str, sha256: str) -> TestResponse:
    return browser.post(f"{url}/sha256", data={"sha256": sha256}, headers=TUS)


def test_a_hash_may_be_announced_until_the_last_byte(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT[:100_000])
    for _again in range(2):
        assert announce(browser, url, hashlib.sha256(CONTENT).hexdigest()).status_code == 204
    send(browser, url, 100_000, CONTENT[100_000:])
    jobs.run_all()
    assert shelf.taken == [("火星医院.mp4", hashlib.sha256(CONTENT).hexdigest())]
    late = begun(browser)
    send(browser, late, 0, CONTENT)
    assert announce(browser, late, hashlib.sha256(CONTENT).hexdigest()).status_code == 409


def test_a_byte_that_changed_on_its_way_is_found_by_a_hash_announced_later(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT[:1000] + b"!" + CONTENT[1001:100_000])
    announce(browser, url, hashlib.sha256(CONTENT).hexdigest())
    send(browser, url, 100_000, CONTENT[100_000:])
    jobs.run_all()
    state = browser.get(f"{url}/state").json
    assert state["state"] == "refused"
    assert "发生了变化" in state["words"]
    assert shelf.taken == []
    assert list(storage().names()) == []


def test_who_goes_on_with_another_file_is_told(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT[:1000])
    announce(browser, url, hashlib.sha256(CONTENT).hexdigest())
    answer = announce(browser, url, hashlib.sha256(b"another").hexdigest())
    assert (answer.status_code, answer.json["code"]) == (409, "media.other_file")
    assert "不是同一个文件" in answer.json["message"]
    for nonsense in ("", "abc", "g" * 64):
        assert announce(browser, url, nonsense).status_code == 400
    browser.delete(url, headers=TUS)
    assert announce(browser, url, hashlib.sha256(CONTENT).hexdigest()).status_code == 410


def test_what_the_target_refuses_says_why(browser: FlaskClient, shelf: Shelf) -> None:
    shelf.refuse_with = "影片 2 分 41 秒，要求 3–8 分钟。"
    url = begun(browser)
    send(browser, url, 0, CONTENT)
    jobs.run_all()
    state = browser.get(f"{url}/state").json
    assert (state["state"], state["words"]) == ("refused", "影片 2 分 41 秒，要求 3–8 分钟。")
    fragment = browser.get(f"{url}/state", headers={"HX-Request": "true"})
    assert "要求 3–8 分钟" in fragment.text
    assert staging().tokens() == set()


def test_an_empty_file_comes_to_its_target_at_once(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser, 0)
    assert offset_of(browser, url) == 0
    jobs.run_all()
    assert browser.get(f"{url}/state").json["state"] == "done"


def test_the_job_done_twice_takes_once(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT)
    row = db.session.scalars(select(Upload)).one()
    take_upload({"upload_id": row.id})
    take_upload({"upload_id": row.id})
    jobs.run_all()
    assert len(shelf.taken) == 1


def test_a_target_that_breaks_leaves_the_file_for_the_next_try(
    browser: FlaskClient, shelf: Shelf, clock: MovingClock
) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT)
    take, shelf.take = shelf.take, broken  # type: ignore[method-assign, assignment]
    upload_targets._targets["test-shelf"] = Target("shelf", shelf.begin, shelf.accepted, broken)
    jobs.run_all()
    state = browser.get(f"{url}/state").json
    assert state["state"] == "checking"
    upload_targets._targets["test-shelf"] = Target("shelf", shelf.begin, shelf.accepted, take)
    clock.advance(minutes=5)
    jobs.run_all()
    assert browser.get(f"{url}/state").json["state"] == "done"
    assert len(shelf.taken) == 1


def broken(actor: Actor, upload: UploadView, received: Received) -> None:
    raise ZeroDivisionError


def test_an_unfinished_upload_says_when_it_expires_and_then_does(
    browser: FlaskClient, teacher: Actor, shelf: Shelf, clock: MovingClock
) -> None:
    url = begun(browser)
    clock.advance(days=6)
    sign_in(browser, teacher)
    answer = send(browser, url, 0, CONTENT[:1000])
    expires = parsedate_to_datetime(answer.headers["Upload-Expires"])
    assert expires == (clock.now() + timedelta(days=7)).replace(microsecond=0)
    clock.advance(days=6)
    sign_in(browser, teacher)
    sweep_uploads({})
    assert offset_of(browser, url) == 1000
    clock.advance(days=1, minutes=1)
    sweep_uploads({})
    sign_in(browser, teacher)
    assert browser.head(url, headers=TUS).status_code == 410
    assert browser.get(f"{url}/state").json["state"] == "expired"
    forget_time(staging().folder)
    sweep_uploads({})
    assert staging().tokens() == set()


def forget_time(folder: Path) -> None:
    """Nothing there was touched for hours."""
    for path in folder.iterdir():
        os.utime(path, (0, 0))


def test_sweeping_leaves_what_is_on_its_way_and_removes_what_no_record_names(
    browser: FlaskClient, shelf: Shelf
) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT[:1000])
    for name in ("z" * 43 + ".upload", "z" * 43 + ".0." + "a" * 64 + "." + "b" * 16 + ".part"):
        (staging().folder / name).write_bytes(b"left by nobody")
    sweep_uploads({})
    assert "z" * 43 in staging().tokens(), "it may be somebody's who is about to write its record"
    forget_time(staging().folder)
    sweep_uploads({})
    assert staging().tokens() == {url.rsplit("/", 1)[-1]}
    assert offset_of(browser, url) == 1000


def test_a_file_whose_last_byte_came_is_taken_although_nobody_asks_again(
    browser: FlaskClient, shelf: Shelf, clock: MovingClock
) -> None:
    url = begun(browser)
    staging().path(url.rsplit("/", 1)[-1]).write_bytes(CONTENT)  # the server was killed before it wrote its record
    clock.advance(hours=2)
    sweep_uploads({})
    jobs.run_all()
    assert len(shelf.taken) == 1


def test_the_record_follows_the_disk(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT[:100_000])
    staged = staging().path(url.rsplit("/", 1)[-1])
    os.truncate(staged, 60_000)
    assert offset_of(browser, url) == 60_000
    with staged.open("ab") as file:
        file.write(CONTENT[60_000:90_000])
    assert offset_of(browser, url) == 90_000
    assert send(browser, url, 90_000, CONTENT[90_000:]).status_code == 204
    jobs.run_all()
    assert shelf.taken == [("火星医院.mp4", hashlib.sha256(CONTENT).hexdigest())]


def test_a_part_that_somebody_else_sent_is_never_appended(app: Flask, browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    stranger = make_account(Role.TEACHER, school=make_school(make_office("山丹县科学技术协会"), "东关小学"))
    sign_in(app.test_client(), stranger)
    sessions = db.session.execute(select(LoginSession.account_id, LoginSession.token_digest)).all()
    digest = next(digest for account_id, digest in sessions if account_id == stranger.account_id)
    part = staging().new_part(url.rsplit("/", 1)[-1], 0, digest)
    part.write(b"not yours")
    part.close()
    assert offset_of(browser, url) == 0
    assert not part.path.exists()


def test_a_full_disk_is_507_before_the_first_byte(app: Flask, browser: FlaskClient, shelf: Shelf) -> None:
    gigabyte = 1 << 30  # steps so large that what others write meanwhile is of no account
    url = begun(browser, gigabyte)
    staging().reserve_bytes += staging().free_bytes() - gigabyte * 5 // 2
    answer = begin(browser, 2 * gigabyte)
    assert answer.status_code == 507
    assert "存储空间已满" in answer.json["message"]
    staging().reserve_bytes -= gigabyte
    assert begin(browser, 2 * gigabyte).status_code == 201
    assert offset_of(browser, url) == 0


def test_the_address_of_an_upload_names_no_host(browser: FlaskClient, shelf: Shelf) -> None:
    said = metadata(filename="a.mp4", target="test-shelf", shelf="7")
    answer = browser.post("/uploads/", headers={**TUS, "Upload-Length": "9", "Upload-Metadata": said})
    assert answer.headers["Location"].startswith("/uploads/")


def test_what_comes_with_the_creation_is_a_first_small_piece(browser: FlaskClient, shelf: Shelf) -> None:
    said = metadata(filename="a.mp4", target="test-shelf", shelf="7")
    headers = {**PIECE, "Upload-Length": str(1 << 30), "Upload-Metadata": said}
    answer = browser.post("/uploads/", headers=headers, data=bytes(9 << 20))
    assert answer.status_code == 413
    assert "请先建立上传" in answer.text
    assert db.session.scalars(select(Upload)).all() == []


def test_a_part_is_kept_only_of_a_session_that_lived(browser: FlaskClient, shelf: Shelf, clock: MovingClock) -> None:
    url = begun(browser)
    session = db.session.scalars(select(LoginSession)).one()

    def length_with_part_of(offset: int, **hours_from_now: int) -> int:
        """How far the upload has come with what a session left behind that is as these columns say."""
        part = staging().new_part(url.rsplit("/", 1)[-1], offset, session.token_digest)
        part.write(CONTENT[offset : offset + 1000])
        part.close()
        before = {name: getattr(session, name) for name in hours_from_now}
        for name, hours in hours_from_now.items():
            setattr(session, name, clock.now() + timedelta(hours=hours))
        db.session.commit()
        length = resume(console_actor("job"), upload_of_token(url.rsplit("/", 1)[-1])).received_bytes
        for name, value in before.items():
            setattr(session, name, value)
        db.session.commit()
        return length

    assert length_with_part_of(0, ended_at=-1) == 0
    assert length_with_part_of(0, expires_at=-1) == 0
    assert length_with_part_of(0, seen_at=-3) == 0
    assert length_with_part_of(0) == 1000
    assert length_with_part_of(1000, ended_at=1, seen_at=-1) == 2000, "it ended after the last byte"


def test_a_checked_piece_of_a_killed_server_goes_with_the_next_question(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    part = staging().new_part(url.rsplit("/", 1)[-1], 0, "a" * 64, has_checksum=True)
    part.write(b"what can no longer be checked")
    os.utime(part.path, (0, 0))
    assert offset_of(browser, url) == 0
    assert part.path.exists(), "somebody is sending it"
    part.close()
    assert offset_of(browser, url) == 0
    assert not part.path.exists()


def test_one_account_may_have_so_many_unfinished_uploads(app: Flask, browser: FlaskClient, shelf: Shelf) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], most_open_uploads=2)
    first = begun(browser)
    begun(browser)
    answer = begin(browser)
    assert answer.status_code == 429
    assert "2 个文件还没有传完" in answer.json["message"]
    browser.delete(first, headers=TUS)
    assert begin(browser).status_code == 201


def test_what_came_before_a_body_broke_off_is_kept_by_any_web_server(
    app: Flask, browser: FlaskClient, shelf: Shelf
) -> None:
    url = begun(browser)
    headers = {**PIECE, "Upload-Offset": "0", "Content-Length": str(len(CONTENT))}
    browser.patch(url, headers=headers, input_stream=Breaking(CONTENT[:200_000]))
    assert offset_of(browser, url) == 200_000
    checked = {"Upload-Checksum": "sha1 " + base64.b64encode(hashlib.sha1(CONTENT[200_000:]).digest()).decode()}
    browser.patch(
        url,
        headers={**headers, **checked, "Upload-Offset": "200000", "Content-Length": "100000"},
        input_stream=Breaking(CONTENT[200_000:250_000]),
    )
    assert offset_of(browser, url) == 200_000, "what cannot be checked any more is not kept"
    assert send(browser, url, 200_000, CONTENT[200_000:], **checked).status_code == 204


class Breaking(io.BytesIO):
    """A connection that gives these bytes and then breaks."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise ConnectionResetError
        return data


def test_while_one_request_appends_the_others_are_told_to_wait(browser: FlaskClient, shelf: Shelf) -> None:
    url = begun(browser)
    staging().lock_seconds = 0
    with staging().locked(url.rsplit("/", 1)[-1]):
        assert send(browser, url, 0, CONTENT[:1000]).status_code == 423
        assert browser.head(url, headers=TUS).status_code == 423
        assert browser.delete(url, headers=TUS).status_code == 423
    assert offset_of(browser, url) == 0
    assert send(browser, url, 0, CONTENT[:1000]).status_code == 204


class FailsAfterwards:
    """A storage whose process ends when it has just taken a file over."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner

    def adopt(self, path: Path, expected_sha256: str | None = None) -> Stored:
        self._inner.adopt(path, expected_sha256)
        raise ConnectionResetError


def test_what_the_storage_took_before_the_end_is_found_by_the_next_try(
    app: Flask, browser: FlaskClient, shelf: Shelf, clock: MovingClock
) -> None:
    url = begun(browser)
    send(browser, url, 0, CONTENT)
    whole = storage()
    app.extensions["storage"] = FailsAfterwards(whole)
    jobs.run_all()
    assert browser.get(f"{url}/state").json["state"] == "checking"
    app.extensions["storage"] = whole
    clock.advance(minutes=5)
    jobs.run_all()
    assert shelf.taken == [("火星医院.mp4", hashlib.sha256(CONTENT).hexdigest())]
    assert staging().tokens() == set()


def test_a_pause_between_pieces_is_known_and_a_long_piece_is_none(
    browser: FlaskClient, shelf: Shelf, clock: MovingClock
) -> None:
    url = begun(browser)
    row = db.session.scalars(select(Upload)).one()
    clock.advance(minutes=4)
    send(browser, url, 0, CONTENT[:1000])
    db.session.refresh(row)
    assert 230 <= row.longest_gap_seconds <= 240
    assert row.steady_since is None
    clock.advance(minutes=20)
    sender = db.session.scalars(select(LoginSession.token_digest)).one()
    part = staging().new_part(row.token, 1000, sender)  # twenty minutes of a slow line, and then it broke
    part.write(CONTENT[1000:2000])
    part.close()
    ended = part.begun + 20 * 60
    os.utime(part.path, (ended, ended))
    assert offset_of(browser, url) == 2000
    db.session.refresh(row)
    assert row.steady_since is None
    clock.advance(minutes=20)
    send(browser, url, 2000, CONTENT[2000:3000])
    db.session.refresh(row)
    assert row.steady_since is not None
    assert row.longest_gap_seconds == 0  # pauses are counted from there again


def test_what_had_come_in_time_is_known_whenever_it_is_asked(
    browser: FlaskClient, shelf: Shelf, clock: MovingClock
) -> None:
    shelf.closes_at = clock.now() + timedelta(minutes=1)
    url = begun(browser)
    row = db.session.scalars(select(Upload)).one()
    send(browser, url, 0, CONTENT[:1000])
    sender = db.session.scalars(select(LoginSession.token_digest)).one()
    part = staging().new_part(row.token, 1000, sender)  # the server was killed before it could append it
    part.write(CONTENT[1000:5000])
    part.close()
    began = int(part.begun) - 100  # two minutes ago by the program's clock, within the time
    early = part.path.rename(part.path.with_name(part.path.name.replace(f"{int(part.begun):08x}", f"{began:08x}")))
    os.utime(early, (began + 5, began + 5))
    clock.advance(minutes=2)
    assert offset_of(browser, url) == 5000
    send(browser, url, 5000, CONTENT[5000:20_000])
    db.session.refresh(row)
    assert (row.received_bytes, row.bytes_in_time) == (20_000, 5000)
    shelf.closes_at = clock.now() + timedelta(minutes=1)  # the deadline was moved
    send(browser, url, 20_000, CONTENT[20_000:30_000])
    db.session.refresh(row)
    assert row.bytes_in_time == 30_000


@pytest.mark.skipif(os.name == "nt", reason="there a folder's readers are told otherwise")
def test_files_on_their_way_in_are_their_owners_alone(browser: FlaskClient, shelf: Shelf) -> None:
    begun(browser)
    assert staging().folder.stat().st_mode & 0o077 == 0
