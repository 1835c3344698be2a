"""What `python -m fuzzing` found, each as small as it gets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask

from contest_portal.core.actor import Role
from contest_portal.core.sealing import Sealer
from contest_portal.entries.batch.archive import Member, PictureArchive
from contest_portal.media.facts import Kind
from contest_portal.media.probe import probe
from tests.factories import make_account, make_contest, make_office, make_school, make_student, sign_in


@pytest.fixture
def nameless() -> bytes:
    """A ZIP whose second member has no name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("火星医院.jpg", b"x")
        without = zipfile.ZipInfo("y")
        without.filename = ""
        packed.writestr(without, b"y")
    return target.getvalue()


def test_a_member_without_a_name_does_not_stop_a_batch(nameless: bytes) -> None:
    archive = PictureArchive(io.BytesIO(nameless), len(nameless))
    assert [one.path for one in archive.members() if isinstance(one, Member)] == ["火星医院.jpg"]


def test_a_member_without_a_name_does_not_break_the_reader(nameless: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(nameless)
    facts = probe(path, "a.zip")
    assert facts.kind is Kind.ZIP
    assert facts.problem is None


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 13, b"\xff" * 60, b"\x01" * 60])
def test_what_no_preview_sealed_is_refused_and_breaks_nothing(sealed: bytes) -> None:
    """What a preview hands on comes back from the browser: nothing at all, too little, another key's version."""
    with pytest.raises(InvalidTag):
        Sealer(bytes(32)).open_bytes(sealed)


def test_a_part_of_a_form_without_a_name_is_a_bad_request(app: Flask) -> None:
    app.config.update(WTF_CSRF_ENABLED=True, TESTING=False, PROPAGATE_EXCEPTIONS=False)
    body = b'--x\r\nContent-Disposition: form-data; name9"id"\r\n\r\n1\r\n--x--\r\n'
    answer = app.test_client().post("/login", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400


LONG = "9223372036854775808"
"""One more than the database holds."""


@pytest.mark.parametrize(
    ("role", "method", "address", "field"),
    [
        (Role.OFFICE, "POST", "/office/judges/invite", "judge"),
        (Role.SCHOOL_MANAGER, "POST", "/school/accounts", "teacher"),
        (Role.OFFICE, "GET", "/office/entries", "contest"),
        (Role.OFFICE, "GET", "/office/screening", "contest"),
    ],
)
def test_a_row_number_that_no_database_holds_is_no_row(
    app: Flask, role: Role, method: str, address: str, field: str
) -> None:
    office = make_office()
    make_contest(office)
    client = sign_in(app.test_client(), make_account(role, office=office, school=make_school(office)))
    sent = {"query_string" if method == "GET" else "data": {field: LONG}}
    assert client.open(address, method=method, **sent).status_code < 500


def test_a_school_changed_on_a_page_that_was_spoilt_is_told_so(app: Flask) -> None:
    office = make_office()
    school = make_school(office)
    client = sign_in(app.test_client(), make_account(Role.OFFICE, office=office))
    data = {"name": "西关小学", "kind": "primary", "version": "nine_year"}
    answer = client.post(f"/schools/{school.id}/edit", data=data)
    assert answer.status_code == 422
    assert "西关小学" in answer.text


@pytest.mark.parametrize("address", ["/office/entries", "/schools"])
def test_words_longer_than_a_database_looks_for_find_nothing(app: Flask, address: str) -> None:
    client = sign_in(app.test_client(), make_account(Role.SUPERVISOR, office=make_office()))
    assert client.get(address, query_string={"q": "x" * 60_000}).status_code == 200


def test_nobody_has_a_name_longer_than_a_database_looks_for(app: Flask) -> None:
    client = sign_in(app.test_client(), make_account(Role.OFFICE, office=make_office()))
    assert client.post("/privacy/persons", data={"who": "x" * 70_000}).status_code == 200


def test_a_number_too_long_for_the_limits_of_its_field_is_told_beside_it(app: Flask) -> None:
    office = make_office()
    contest = make_contest(office)
    client = sign_in(app.test_client(), make_account(Role.SCHOOL_MANAGER, school=make_school(office)))
    answer = client.post(f"/contests/{contest.id}/participation", data={"students": "9" * 400})
    assert answer.status_code == 422
    assert "太大了，请填小一些的数" in answer.text


@pytest.mark.parametrize(("method", "address"), [("POST", "/language"), ("GET", "/login?next=http://[::1")])
def test_an_address_that_is_none_leads_to_the_start(app: Flask, method: str, address: str) -> None:
    client = sign_in(app.test_client(), make_account(Role.OFFICE, office=make_office()))
    data = {"next": "http://[::1", "language": "en"} if method == "POST" else None
    assert client.open(address, method=method, data=data).status_code == 302


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_an_act_that_is_asked_about_comes_from_an_address_that_is_none(
    app: Flask, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setitem(app.config, "STEP_UP", True)
    school = make_school(make_office())
    client = sign_in(app.test_client(), make_account(Role.SCHOOL_MANAGER, school=school))
    child = make_student(school, "张晓明")
    headers = {header: "http://[", **({"HX-Request": "true"} if header == "HX-Current-URL" else {})}
    answer = client.post(f"/students/{child.id}/numbers", headers=headers)
    assert answer.status_code in {200, 403}
    assert "confirm-again" in answer.text or "HX-Redirect" in answer.headers
