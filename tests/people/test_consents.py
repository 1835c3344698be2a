"""Guardians' consent: recorded for a pupil or a class, withdrawn, printed blank; who may."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.people.consent_rules import SCAN_MAX_BYTES, ConsentInput, scan_kind, scan_problem
from contest_portal.people.models import Consent, School, Student
from contest_portal.people.queries.consents import consent_counts, has_consent
from contest_portal.people.services.consents import record_consents, withdraw_consent
from tests.factories import make_account, make_office, make_school, make_student, sign_in

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@dataclass
class Home:
    school: School
    manager: Actor
    teacher: Actor
    student: Student
    other: Student

    def consent(self, **values: object) -> ConsentInput:
        return replace(ConsentInput(self.student.id, "张建国", "父亲", date(2018, 2, 20)), **values)  # type: ignore[arg-type]


@pytest.fixture
def home(app: Flask) -> Home:
    office = make_office()
    school = make_school(office, "西关小学")
    return Home(
        school,
        manager=make_account(Role.SCHOOL_MANAGER, school=school),
        teacher=make_account(Role.TEACHER, school=school),
        student=make_student(school, class_name="3班"),
        other=make_student(make_school(office, "东街小学"), "李小红"),
    )


def problems_of(home: Home, consent: ConsentInput) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        record_consents(home.manager, home.school.id, [consent])
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 0
    return {problem.field: str(problem.message) for problem in refused.value.problems}


class TestRecording:
    def test_a_recorded_consent_counts_until_it_is_withdrawn(self, home: Home) -> None:
        (row,) = record_consents(home.manager, home.school.id, [home.consent()])
        assert (row.guardian_name, row.relation, row.form, row.recorded_by) == (
            "张建国",
            "父亲",
            "paper",
            home.manager.account_id,
        )
        assert has_consent([home.student.id, home.other.id]) == {home.student.id}
        withdraw_consent(home.manager, row.id, "监护人来校要求撤回")
        assert has_consent([home.student.id]) == set()
        assert row.withdrawn_why == "监护人来校要求撤回"

    def test_the_same_consent_twice_is_kept_once(self, home: Home) -> None:
        assert len(record_consents(home.manager, home.school.id, [home.consent()])) == 1
        assert record_consents(home.manager, home.school.id, [home.consent()]) == []

    def test_another_guardian_may_sign_too(self, home: Home) -> None:
        record_consents(home.manager, home.school.id, [home.consent()])
        assert (
            len(record_consents(home.manager, home.school.id, [home.consent(guardian_name="王芳", relation="母亲")]))
            == 1
        )

    def test_a_consent_is_withdrawn_once_and_with_a_reason(self, home: Home) -> None:
        (row,) = record_consents(home.manager, home.school.id, [home.consent()])
        with pytest.raises(Invalid):
            withdraw_consent(home.manager, row.id, "  ")
        withdraw_consent(home.manager, row.id, "本人要求")
        with pytest.raises(Conflict):
            withdraw_consent(home.manager, row.id, "本人要求")

    @pytest.mark.parametrize(
        ("values", "field", "text"),
        [
            ({"guardian_name": " "}, "guardian", "请填写监护人姓名"),
            ({"guardian_name": "张3"}, "guardian", "不像姓名"),
            ({"guardian_name": "张晓明"}, "guardian", "与学生"),
            ({"relation": "邻居"}, "relation", "请选择"),
            ({"signed_on": date(2018, 3, 2)}, "signed_on", "在今天之后"),
            ({"signed_on": date(2001, 3, 2)}, "signed_on", "太早"),
            ({"scan": b"<html>"}, "scan", "PDF、JPG 或 PNG"),
        ],
    )
    def test_what_is_wrong_is_named_by_pupil_and_field(
        self, home: Home, values: dict[str, object], field: str, text: str
    ) -> None:
        problems = problems_of(home, home.consent(**values))
        assert list(problems) == [f"{field}-{home.student.id}"]
        assert text in problems[f"{field}-{home.student.id}"]

    def test_one_wrong_line_keeps_the_whole_class_out(self, home: Home) -> None:
        second = make_student(home.school, "李雪梅")
        bad = ConsentInput(second.id, "", "母亲", date(2018, 2, 20))
        with pytest.raises(Invalid):
            record_consents(home.manager, home.school.id, [home.consent(), bad])
        assert has_consent([home.student.id]) == set()

    def test_another_schools_pupil_is_not_found(self, home: Home) -> None:
        with pytest.raises(NotFound):
            record_consents(home.manager, home.school.id, [home.consent(student_id=home.other.id)])

    def test_a_scan_is_known_by_its_content_and_limited(self) -> None:
        assert [scan_kind(content) for content in (PDF, b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a")] == [
            "pdf",
            "jpg",
            "png",
            None,
        ]
        assert scan_problem(b"") is None
        assert "10 MB" in str(scan_problem(b"%PDF-" + b"0" * SCAN_MAX_BYTES))


class TestPages:
    def test_the_list_shows_who_is_under_fourteen_and_has_none(self, home: Home, client: FlaskClient) -> None:
        make_student(home.school, "赵大年", born=date(2004, 3, 1), grade=6)  # 14 today
        make_student(home.school, "钱不满", born=date(2004, 3, 2), grade=6)  # 13 until tomorrow
        sign_in(client, home.manager)
        text = client.get("/consents", follow_redirects=True).get_data(as_text=True)
        assert "张晓明" in text
        assert "钱不满" in text
        assert "赵大年" not in text
        record_consents(home.manager, home.school.id, [home.consent()])
        assert "张晓明" not in client.get(f"/schools/{home.school.id}/consents").get_data(as_text=True)
        assert "张建国" in client.get(f"/schools/{home.school.id}/consents?consent=given").get_data(as_text=True)
        counts = consent_counts(home.school.id)
        assert (counts.needed, counts.given, counts.missing) == (2, 1, 1)

    def test_a_class_is_recorded_on_one_page_and_empty_lines_are_left_out(
        self, home: Home, client: FlaskClient
    ) -> None:
        second = make_student(home.school, "李雪梅", class_name="3班")
        sign_in(client, home.teacher)
        address = f"/schools/{home.school.id}/consents/record"
        page = client.get(f"{address}?grade=4&class=3班").get_data(as_text=True)
        assert "张晓明" in page
        assert "李雪梅" in page
        first = home.student.id
        data = {
            "student": [str(first), str(second.id)],
            f"guardian-{first}": "张建国",
            f"relation-{first}": "父亲",
            f"signed_on-{first}": "2018-02-20",
            f"guardian-{second.id}": "",
            f"relation-{second.id}": "",
            f"signed_on-{second.id}": "2018-03-01",
        }
        answer = client.post(address, data=data, follow_redirects=True)
        assert "已登记 1 份同意书" in answer.get_data(as_text=True)
        assert has_consent([first, second.id]) == {first}

    def test_a_wrong_line_is_shown_with_what_was_typed(self, home: Home, client: FlaskClient) -> None:
        sign_in(client, home.manager)
        first = home.student.id
        data = {"student": str(first), f"guardian-{first}": "张建国", f"signed_on-{first}": "2018-02-20"}
        answer = client.post(f"/schools/{home.school.id}/consents/record", data=data)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'id="relation-{first}-error"' in text
        assert 'value="张建国"' in text
        assert f'href="#relation-{first}"' in text

    def test_a_scan_is_uploaded_and_shown_again(self, home: Home, client: FlaskClient, app: Flask) -> None:
        sign_in(client, home.teacher)
        answer = client.post(
            f"/students/{home.student.id}/consent",
            data={
                "guardian": "张建国",
                "relation": "父亲",
                "signed_on": "2018-02-20",
                "scan": (io.BytesIO(PDF), "同意书.pdf"),
            },
        )
        assert answer.status_code == 302
        row = db.session.scalars(select(Consent)).one()
        assert (row.form, row.file_name) == ("scan", "同意书.pdf")
        shown = client.get(f"/consents/{row.id}/scan")
        assert (shown.data, shown.mimetype) == (PDF, "application/pdf")
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert row.file_sha256 is not None
        assert PDF not in app.extensions["storage"].open(row.file_sha256).read()
        foreign = sign_in(
            app.test_client(), make_account(Role.TEACHER, school=db.session.get_one(School, home.other.school_id))
        )
        assert foreign.get(f"/consents/{row.id}/scan").status_code == 404

    def test_a_page_that_only_looks_like_a_pdf_is_refused(self, home: Home, client: FlaskClient) -> None:
        sign_in(client, home.manager)
        answer = client.post(
            f"/students/{home.student.id}/consent",
            data={
                "guardian": "张建国",
                "relation": "父亲",
                "signed_on": "2018-02-20",
                "scan": (io.BytesIO(b"<html><script>"), "同意书.pdf"),
            },
        )
        assert answer.status_code == 422
        assert 'id="scan-error"' in answer.get_data(as_text=True)

    def test_only_managers_and_the_office_withdraw(self, home: Home, client: FlaskClient, app: Flask) -> None:
        (row,) = record_consents(home.manager, home.school.id, [home.consent()])
        sign_in(client, home.teacher)
        assert client.post(f"/consents/{row.id}/withdraw", data={"why": "要求"}).status_code == 403
        manager = sign_in(app.test_client(), home.manager)
        manager.post(f"/consents/{row.id}/withdraw", data={"why": ""})
        assert has_consent([home.student.id]) == {home.student.id}
        manager.post(f"/consents/{row.id}/withdraw", data={"why": "监护人要求"})
        assert has_consent([home.student.id]) == set()

    def test_blank_sheets_are_printed_for_the_chosen_pupils(self, home: Home, client: FlaskClient) -> None:
        second = make_student(home.school, "李雪梅", class_name="3班")
        sign_in(client, home.teacher)
        address = f"/schools/{home.school.id}/consents/sheets"
        pages = pypdfium2.PdfDocument(client.get(f"{address}?student={home.student.id}&student={second.id}").data)
        assert len(pages) == 2
        text = pages[0].get_textpage().get_text_range()
        for words in ("张晓明", "四年级", "个人信息保护法", "不满14周岁", "撤回同意", "监护人签名", "西关小学"):
            assert words in "".join(text.split())
        blank = pypdfium2.PdfDocument(client.get(address).data)
        assert len(blank) == 1
        whole_class = pypdfium2.PdfDocument(client.get(f"{address}?grade=4&class=3班").data)
        assert len(whole_class) == 2
