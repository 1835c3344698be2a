"""A consent taken back hides the name on every list that is up, at once and in every form; the list itself stays whole."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.models import Notice
from contest_portal.entries.models import Author, Entry
from contest_portal.people.consent_rules import ConsentInput
from contest_portal.people.models import Consent, School, Student
from contest_portal.people.privacy.persons import person_by
from contest_portal.people.privacy.registry import held_about
from contest_portal.people.privacy.services import erasing
from contest_portal.people.services.consents import record_consents, withdraw_consent
from contest_portal.results.public_list.content import content_digest
from contest_portal.results.public_list.hiding import Authors, with_names_hidden
from contest_portal.results.publishing.models import Publication
from tests.factories import make_account, sign_in
from tests.results.publishing.scene import Place
from tests.results.publishing.test_command import kept, verified

NAME = "欧阳星河"
FORMS = ("", "/print", "/list.pdf", "/list.xlsx", "/list.json", "/objection")


class Listed(Place):
    """The first work on the list is the pupil's, whose name stands in its title too; the guardian has agreed."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Entry = self.entries[0]
        author = db.session.scalars(select(Author).where(Author.entry_id == self.first.id)).one()
        self.student = db.session.get_one(Student, author.student_id)
        self.student.name, self.first.title = NAME, f"{NAME}的火星车"
        db.session.commit()
        self.school = db.session.get_one(School, self.student.school_id)
        self.manager: Actor = make_account(Role.SCHOOL_MANAGER, school=self.school)
        self.consent = self.agreed("欧阳建国")
        self.list = self.published()

    def agreed(self, guardian: str, *, showing: bool = True) -> Consent:
        given = ConsentInput(self.student.id, guardian, "父亲", date(2018, 2, 20), covers_showing=showing)
        return record_consents(self.manager, self.school.id, [given])[0]

    def take_back(self, consent: Consent | None = None) -> None:
        withdraw_consent(self.manager, (consent or self.consent).id, "家长来校撤回")


@pytest.fixture
def place(app: Flask) -> Listed:
    return Listed()


def as_text(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        attached = b"".join(one for found in reader.attachments.values() for one in found).decode()
        return attached + "".join(page.extract_text() for page in reader.pages)
    if content.startswith(b"PK"):
        cells = (cell for page in load_workbook(io.BytesIO(content)) for row in page.values for cell in row)
        return "\n".join(str(cell) for cell in cells)
    return content.decode()


def forms(client: FlaskClient, row: Publication) -> dict[str, str]:
    return {form: as_text(client.get(f"/lists/{row.id}{form}").data) for form in FORMS}


def test_the_name_goes_at_once_from_every_form_and_the_line_stays(place: Listed, client: FlaskClient) -> None:
    assert all(NAME in text for text in forms(client, place.list).values()), "or the test looks where nobody stands"
    digest = place.list.content_sha256
    place.take_back()
    for form, text in forms(client, place.list).items():
        assert NAME not in text, form
        assert "欧**的火星车" in text, form
    page = client.get(f"/lists/{place.list.id}").text
    assert "欧**" in page
    assert "其中 1 项的姓名已作处理" in page
    assert digest in page
    stored = db.session.get_one(Publication, place.list.id)
    assert content_digest(stored.content) == digest == stored.content_sha256
    assert NAME in json.dumps(stored.content, ensure_ascii=False)


def test_an_amendments_differences_do_not_tell_it(place: Listed, client: FlaskClient) -> None:
    place.without_first()
    amended = place.published("取消一件。")
    assert NAME in client.get(f"/lists/{amended.id}").text
    place.take_back()
    assert NAME not in client.get(f"/lists/{amended.id}").text


def test_the_name_comes_back_with_a_new_consent_and_a_mistaken_no_hides_nothing(
    place: Listed, client: FlaskClient
) -> None:
    no = place.agreed("李母", showing=False)
    place.take_back(no)
    assert NAME in client.get(f"/lists/{place.list.id}").text
    place.take_back()
    assert NAME not in client.get(f"/lists/{place.list.id}").text
    place.agreed("欧阳建国")
    assert NAME in client.get(f"/lists/{place.list.id}").text


def test_the_archive_keeps_the_title_without_it(place: Listed, client: FlaskClient, clock: MovingClock) -> None:
    clock.advance(days=60)
    assert f"{NAME}的火星车" in client.get(f"/lists/{place.list.id}").text
    place.take_back()
    assert NAME not in client.get(f"/lists/{place.list.id}").text


def test_an_erased_pupil_is_hidden_without_any_consent(place: Listed, client: FlaskClient) -> None:
    db.session.delete(db.session.get_one(Consent, place.consent.id))
    db.session.commit()
    assert NAME in client.get(f"/lists/{place.list.id}").text
    erasing.ask_erasure(place.staff, person_by("student", place.student.id), "监护人书面要求删除")
    erasing.confirm_erasure(place.leader, person_by("student", place.student.id))
    for form, text in forms(client, place.list).items():
        assert NAME not in text, form


def test_the_copy_for_a_pupil_holds_the_own_lines_alone(place: Listed) -> None:
    author = db.session.scalars(select(Author).where(Author.entry_id == place.entries[1].id)).one()
    db.session.get_one(Student, author.student_id).name = NAME
    db.session.commit()
    amended = place.published("改正一名作者的姓名。")
    assert json.dumps(amended.content, ensure_ascii=False).count(f'"{NAME}"') == 2, "two of one name are on the list"
    (held,) = [one for one in held_about(person_by("student", place.student.id)) if one.code == "lists"]
    assert [(row["version"], row["line"]) for row in held.rows] == [(1, 1), (2, 1)]


def test_the_office_is_told_the_same_day_and_by_the_lists_page(place: Listed, client: FlaskClient) -> None:
    page = f"/office/publications/{place.list.id}"
    told = "1 项作品的作者姓名已不再公开"
    assert told not in sign_in(client, place.staff).get(page).text
    place.take_back()
    assert told in client.get(page).text
    assert place.first.number in client.get(page).text
    notices = db.session.scalars(select(Notice).where(Notice.account_id == place.staff.account_id)).all()
    assert any(place.first.number in str(one.params) for one in notices)
    assert NAME not in "".join(str((one.title, one.body, one.params)) for one in notices)


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "json"])
def test_files_from_before_and_after_are_both_known(
    app: Flask, place: Listed, client: FlaskClient, tmp_path: Path, ending: str
) -> None:
    whole = client.get(f"/lists/{place.list.id}/list.{ending}").data
    place.take_back()
    hidden = client.get(f"/lists/{place.list.id}/list.{ending}").data
    assert whole != hidden
    for content, is_told in ((whole, False), (hidden, True)):
        result = verified(app, kept(tmp_path, f"list.{ending}", content))
        assert (result.exit_code, "后来作了处理" in result.output) == (0, is_told), result.output


LINE = {
    "number": 1,
    "names": "张晓明、王小雨",
    "school": "西关小学",
    "title": "张晓明和王小雨的船",
    "award": "",
    "tutors": "李老师",
}


@pytest.mark.parametrize(
    ("authors", "names", "title"),
    [
        (Authors(frozenset({"张晓明"}), frozenset({"王小雨"})), "张**、王小雨", "张**和王小雨的船"),
        (Authors(frozenset({"已删除的学生 #7"}), frozenset({"王小雨"})), "张**、王小雨", "张**和王小雨的船"),
        (Authors(frozenset({"张晓明", "王小雨"}), frozenset()), "张**、王**", "张**和王**的船"),
    ],
)
def test_who_is_hidden_in_a_line(authors: Authors, names: str, title: str) -> None:
    other = {**LINE, "entry_number": "GZ-2"}
    content = {"sections": [{"lines": [{**LINE, "entry_number": "GZ-1"}, other]}]}
    shown = with_names_hidden(content, {"GZ-1": authors})
    first, second = shown["sections"][0]["lines"]
    assert (first["names"], first["title"], first["tutors"]) == (names, title, "")
    assert second == other
    assert shown["hidden"] == 1
    assert with_names_hidden(content, {"GZ-9": authors}) == content
