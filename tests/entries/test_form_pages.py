"""The entry's pages as a browser without scripts uses them: begin, fill in, find people, upload, submit."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.entries.application import application_pdf
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.submitted import snapshot_of
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.entries.signals import before_withdrawal
from tests.entries.entry_factories import Place, jpeg, make_painting, make_project, painting_input, pdf
from tests.factories import make_account, make_consent, make_office, make_school, make_student, make_teacher, sign_in

pytestmark = pytest.mark.pages


def begun(place: Place, code: str = "KH") -> Entry:
    return create_draft(place.teacher, place.contest.id, place.category(code).id, place.school.id)


def post(client: FlaskClient, entry: Entry, **fields: Any) -> Any:
    """Send the form; `version` is the newest unless given."""
    data = {"version": str(entry_by_id(entry.id).version), **fields}
    db.session.rollback()
    return client.post(f"/entries/{entry.id}/edit", data=data, content_type="multipart/form-data")


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>", "", response.get_data(as_text=True))


def test_a_teacher_begins_an_entry_and_becomes_its_tutor(teacher: FlaskClient, place: Place) -> None:
    assert "科幻画" in text(teacher.get("/entries/new"))
    category = place.category("KH")
    response = teacher.post(f"/entries/new/{category.id}")
    assert response.status_code == 302
    entry = entry_by_id(db.session.scalars(select(Entry.id)).one())
    assert response.location == f"/entries/{entry.id}/edit"
    assert [tutor.teacher.name for tutor in entry.tutors] == ["李志强"]


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("KH", ["JPG 格式", "不超过 10 MB", "长边不少于 3000 像素", "总像素不超过 6000 万", "画面比例 54:38"]),
        ("DV", ["MP4 格式", "时长 3 分钟 至 8 分钟", "画面不小于 1280×720", "画面比例 16:9", "编码 H.264 / AAC"]),
        ("CG", ["PDF 格式", "不超过 60 页", "最多 10 个，每个不超过 20 MB", "选「是」时必交"]),
    ],
)
def test_what_a_file_must_be_is_read_before_it_is_uploaded(
    teacher: FlaskClient, place: Place, code: str, rules: list[str]
) -> None:
    for page in (f"/entries/new/{place.category(code).id}", f"/entries/{begun(place, code).id}/edit"):
        shown = text(teacher.get(page))
        assert [rule for rule in rules if rule not in shown] == [], page


def test_a_long_list_of_what_is_missing_is_folded_after_the_first_few(teacher: FlaskClient, place: Place) -> None:
    page = teacher.get(f"/entries/{begun(place, 'CG').id}/edit").get_data(as_text=True)
    listed = page.partition('class="checklist')[2].partition("</section>")[0]
    at_once, _summary, folded = listed.partition('<details class="checklist-more">')
    count = re.search(r"还有 (\d+) 处需要补充或更正", at_once)
    assert count
    assert at_once.count("<li>") == 4
    assert f"展开其余 {int(count[1]) - 4} 处" in folded
    assert "还没有填写作品名称" in at_once
    assert "作品名称必须填写" not in listed
    assert "请在「研究是否使用野生动植物或其标本」中选择「是」或「否」" in folded


def test_a_closed_contest_offers_no_category(teacher: FlaskClient, place: Place, clock: MovingClock) -> None:
    assert "本校还可提交" in text(teacher.get("/entries/new"))
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    sign_in(teacher, place.teacher)
    page = text(teacher.get("/entries/new"))
    assert "不再接收新的作品" in page
    assert "本校还可提交" not in page
    assert "科幻画" not in page


def test_a_teacher_entering_a_teachers_category_is_its_author(teacher: FlaskClient, place: Place) -> None:
    entry = entry_by_id(begun(place, "FX").id)
    assert [author.teacher.name for author in entry.authors] == ["李志强"]
    assert entry.stage_code == "T"
    assert teacher.get(f"/entries/{entry.id}/edit").status_code == 200


@pytest.mark.parametrize("code", ["CG", "KH", "SJ", "DV", "FA", "FX"])
def test_the_form_of_every_category_shows_and_saves(teacher: FlaskClient, place: Place, code: str) -> None:
    entry = begun(place, code)
    page = teacher.get(f"/entries/{entry.id}/edit")
    assert page.status_code == 200
    assert "还没有填写作品名称" in text(page)
    response = post(teacher, entry, title="一个题目")
    assert response.status_code == 302
    assert entry_by_id(entry.id).title == "一个题目"
    assert teacher.get(f"/entries/{entry.id}").status_code == 200


@pytest.mark.database
def test_without_scripts_an_author_is_found_by_initials_then_added(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place)
    found = post(teacher, entry, title="月球农场", find="author", author_query="zxm")
    assert found.status_code == 200
    assert "张晓明" in text(found)
    assert "四年级 3班" in text(found)
    value = re.search(r'name="author" value="(student-\d+)"', found.get_data(as_text=True))
    assert value
    response = post(teacher, entry, author=value[1], author_query="zxm")
    assert response.location.endswith("#authors")
    saved = entry_by_id(entry.id)
    assert [author.student.name for author in saved.authors] == ["张晓明"]
    assert (saved.title, saved.stage_code) == ("月球农场", "X")


def looked_for(client: FlaskClient, entry: Entry, role: str, words: str) -> Any:
    """The picker's answer; what is typed stands in no address."""
    return client.post(f"/entries/{entry.id}/people?role={role}", data={"q": words})


@pytest.mark.database
def test_the_picker_answers_what_is_typed(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place)
    assert "张晓明" in text(looked_for(teacher, entry, "author", "晓明"))
    assert "李志强" in text(looked_for(teacher, entry, "tutor", "lzq"))
    assert text(looked_for(teacher, entry, "author", "")).strip() == ""


@pytest.mark.database
def test_pupils_of_other_schools_are_found_by_full_name_alone_and_only_for_teams(
    teacher: FlaskClient, place: Place
) -> None:
    north = make_school(place.office, "北街小学")
    far = make_school(make_office("高台县科学技术协会"), "高台小学")
    make_student(north, "周乐天", grade=5)
    make_student(far, "周乐天", grade=5)
    team, single = begun(place, "CG"), begun(place, "KH")
    assert text(looked_for(teacher, team, "author", "周乐")).strip() == ""
    found = text(looked_for(teacher, team, "author", "周乐天"))
    assert "北街小学 · 五年级" in found
    assert "高台" not in found
    assert text(looked_for(teacher, single, "author", "周乐天")).strip() == ""


@pytest.mark.database
def test_a_guessed_id_names_nobody_of_another_school(teacher: FlaskClient, place: Place) -> None:
    stranger = make_student(make_school(place.office, "北街小学"), "周乐天")
    team = begun(place, "CG")
    post(teacher, team, author=f"student-{stranger.id}")
    assert entry_by_id(team.id).authors == []
    options = looked_for(teacher, team, "author", "周乐天").get_data(as_text=True)
    proven = re.search(r'data-value="([^"]+)"', options)
    assert proven
    post(teacher, team, author=proven[1])
    assert [author.student.name for author in entry_by_id(team.id).authors] == ["周乐天"]


def team_fields(keys: list[str], **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for number, key in enumerate(keys):
        fields |= {
            f"authors-{number}-person": key,
            f"authors-{number}-share": "50",
            f"authors-{number}-duty": "实验",
        }
    return {**fields, **more}


def test_authors_are_marked_moved_and_removed_by_buttons(teacher: FlaskClient, place: Place) -> None:
    friend = make_student(place.school, "王小雨")
    entry = begun(place, "CG")
    keys = [f"student-{place.pupil.id}", f"student-{friend.id}"]
    post(teacher, entry, author=keys[0])
    post(teacher, entry, **team_fields(keys[:1], author=keys[1]))
    post(teacher, entry, **team_fields(keys, first=keys[1]))
    saved = entry_by_id(entry.id)
    assert [(one.student.name, one.is_first, one.share_percent) for one in saved.authors] == [
        ("张晓明", False, 50),
        ("王小雨", True, 50),
    ]
    post(teacher, entry, **team_fields(keys, first=keys[1], earlier=keys[1]))
    assert [one.student.name for one in entry_by_id(entry.id).authors] == ["王小雨", "张晓明"]
    post(teacher, entry, **team_fields(keys[::-1], first=keys[1], remove=keys[0]))
    assert [one.student.name for one in entry_by_id(entry.id).authors] == ["王小雨"]


def test_two_first_authors_are_refused(teacher: FlaskClient, place: Place) -> None:
    friend = make_student(place.school, "王小雨")
    entry = begun(place, "CG")
    keys = [f"student-{place.pupil.id}", f"student-{friend.id}"]
    response = post(teacher, entry, **team_fields(keys, first=keys))
    assert response.status_code == 422
    assert "作者：第一作者只能有一名，现在标了 2 名" in text(response)
    assert "Authors" not in text(response)
    assert entry_by_id(entry.id).authors == []


@pytest.mark.parametrize(
    ("typed", "message"),
    [("长" * 10_000, "有 10000 字，最多只能保存 200 字"), ("月球\x00农场\x1b", "无法显示的控制字符")],
)
def test_an_absurd_title_is_refused_beside_its_field(
    teacher: FlaskClient, place: Place, typed: str, message: str
) -> None:
    entry = begun(place)
    response = post(teacher, entry, title=typed, summary="说明")
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    assert message in html
    assert 'id="title-error"' in html
    assert "说明" in html  # what else was typed stays on the page
    assert (entry_by_id(entry.id).title, entry_by_id(entry.id).summary) == ("", "")


def test_a_title_over_the_limit_is_kept_and_named_as_wrong(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place)
    assert post(teacher, entry, title="长" * 31).status_code == 302
    assert "现在是 31 字，上限 30 字，请删去 1 字" in text(teacher.get(f"/entries/{entry.id}/edit"))


def test_an_unreadable_date_is_named_beside_its_field(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place, "CG")
    response = post(teacher, entry, completed_on="去年夏天")
    assert response.status_code == 422
    assert "「去年夏天」不是日期" in text(response)


def upload(client: FlaskClient, entry: Entry, slot: str, content: bytes, name: str, **fields: Any) -> Any:
    return post(client, entry, **{f"slot_{slot}": (io.BytesIO(content), name)}, **fields)


def png(width: int = 3240, height: int = 2280) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


BAD_PAINTINGS = {
    "12,000 × 12,000": (lambda: jpeg(12_000, 12_000), "大画.jpg", "14400 万像素"),
    "truncated": (lambda: jpeg()[:-9000], "半张.jpg", "损坏或不完整"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "画.svg", "SVG"),
    "png named jpg": (png, "画.jpg", "内容其实是 PNG"),
    "too small": (lambda: jpeg(1620, 1140), "小画.jpg", "1620"),
    "empty": (lambda: b"", "空.jpg", "空文件"),
}


@pytest.mark.parametrize("case", BAD_PAINTINGS)
def test_a_painting_that_does_not_fit_is_refused_at_its_slot(teacher: FlaskClient, place: Place, case: str) -> None:
    make, name, message = BAD_PAINTINGS[case]
    entry = begun(place)
    response = upload(teacher, entry, "painting", make(), name, title="月球农场")
    assert response.status_code == 422
    html = response.get_data(as_text=True)
    at_slot = re.search(r'id="slot-painting-error">(.*?)</p>', html, re.DOTALL)
    assert at_slot
    assert message in at_slot[1]
    saved = entry_by_id(entry.id)
    assert saved.files == []
    assert saved.title == "月球农场"  # what was typed beside the file is saved


def test_a_web_page_named_pdf_is_refused(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place, "CG")
    response = upload(teacher, entry, "report", b"<!doctype html><html><body>hi</body></html>", "研究报告.pdf")
    assert response.status_code == 422
    assert "内容其实是 HTML 网页" in text(response)
    assert entry_by_id(entry.id).files == []


def test_a_file_is_uploaded_replaced_and_removed(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place)
    response = upload(teacher, entry, "painting", jpeg(), "第一张.jpg")
    assert response.location.endswith("#part-slot-painting")
    upload(teacher, entry, "painting", jpeg(), "第二张.jpg")
    [kept] = entry_by_id(entry.id).files
    assert kept.file_name == "第二张.jpg"
    assert teacher.get(f"/entries/{entry.id}/files/{kept.blob_id}").content_type == "image/jpeg"
    jobs.run_all()
    assert teacher.get(f"/entries/{entry.id}/files/{kept.blob_id}/thumb").content_type == "image/jpeg"
    post(teacher, entry, remove=f"file:{kept.id}")
    assert entry_by_id(entry.id).files == []


def test_a_slot_for_several_files_takes_so_many(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place, "CG")
    pictures = [(io.BytesIO(jpeg(800, 600)), f"图{n}.jpg") for n in range(7)]
    response = post(teacher, entry, slot_drawings=pictures)
    assert response.status_code == 422
    assert "最多 6 个文件" in text(response)
    assert len(entry_by_id(entry.id).files) == 6


@pytest.mark.database
def test_a_posted_number_tells_nothing_of_a_pupil_elsewhere(teacher: FlaskClient, place: Place) -> None:
    stranger = make_student(make_school(place.office, "青年东街小学"), "欧阳思远", class_name="5班")
    entry = begun(place)
    fields = {"version": "0", "authors-0-person": f"student-{stranger.id}", "authors-0-id": "0"}
    response = teacher.post(f"/entries/{entry.id}/edit", data={**fields, "title": "月球农场"})
    assert response.status_code == 409
    assert "欧阳思远" not in response.get_data(as_text=True)
    assert "青年东街小学" not in text(response)


@pytest.mark.database
def test_a_stale_form_keeps_what_was_typed_and_changes_nothing(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place)
    seen = entry_by_id(entry.id).version
    save_draft(place.manager, entry.id, seen, painting_input(place.pupil, title="管理员改的"))
    response = post(teacher, entry, version=str(seen), title="我写的")
    assert response.status_code == 409
    assert "已被修改" in text(response)
    assert 'value="我写的"' in response.get_data(as_text=True)
    assert entry_by_id(entry.id).title == "管理员改的"


def test_autosave_answers_with_what_is_missing_and_the_next_version(teacher: FlaskClient, place: Place) -> None:
    entry = begun(place)
    seen = entry_by_id(entry.id).version
    headers = {"HX-Request": "true", "X-Autosave": "1"}
    data = {"version": str(seen), "title": "月球农场"}
    response = teacher.post(f"/entries/{entry.id}/autosave", data=data, headers=headers)
    assert response.headers["X-Form-Version"] == str(seen + 1)
    assert "还没有填写作品名称" not in text(response)
    assert "还没有上传科幻画" in text(response)
    stale = teacher.post(f"/entries/{entry.id}/autosave", data={**data, "title": "别的"}, headers=headers)
    assert stale.status_code == 409
    assert entry_by_id(entry.id).title == "月球农场"


def test_what_was_typed_survives_an_expired_session(client: FlaskClient, place: Place, clock: MovingClock) -> None:
    entry = begun(place)
    sign_in(client, place.teacher)
    clock.advance(hours=3)
    response = client.post(
        f"/entries/{entry.id}/edit",
        data={"version": "1", "title": "打了很久的字"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert response.status_code == 302
    assert "kept=" in response.location
    assert entry_by_id(entry.id).title == ""


@pytest.mark.database
def test_the_page_of_a_complete_entry_submits_it_once_however_often_it_is_pressed(
    teacher: FlaskClient, place: Place
) -> None:
    entry = make_painting(place)
    page = teacher.get(f"/entries/{entry.id}")
    assert "内容齐全，可以提交" in text(page)
    version = re.search(r'name="version" value="(\d+)"', page.get_data(as_text=True))
    assert version
    for _press in range(2):
        response = teacher.post(f"/entries/{entry.id}/submit", data={"version": version[1]})
        assert response.status_code == 302
    saved = entry_by_id(entry.id)
    assert (saved.state, saved.number, saved.submission_count) == ("submitted", "GZ2018-KH-X-0001", 1)
    assert "GZ2018-KH-X-0001" in text(teacher.get(f"/entries/{entry.id}"))


def test_a_late_press_of_submit_is_told_so(teacher: FlaskClient, place: Place, clock: MovingClock) -> None:
    entry = make_painting(place)
    version = entry_by_id(entry.id).version
    clock.move_to(place.contest.submission_closes_at + timedelta(seconds=61))
    sign_in(teacher, place.teacher)
    response = teacher.post(f"/entries/{entry.id}/submit", data={"version": version})
    assert response.status_code == 409
    assert text(response).count("截止，") == 1  # said once, not by two boxes


def test_what_is_saved_too_late_stays_on_the_page_yet_changes_nothing(
    teacher: FlaskClient, place: Place, clock: MovingClock
) -> None:
    entry = begun(place)
    clock.move_to(place.contest.submission_closes_at + timedelta(seconds=61))
    sign_in(teacher, place.teacher)
    response = post(teacher, entry, title="差一秒的题目")
    assert response.status_code == 409
    assert "截止" in text(response)
    assert 'value="差一秒的题目"' in response.get_data(as_text=True)
    assert entry_by_id(entry.id).title == ""


def test_withdrawing_asks_for_a_reason(teacher: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    assert "请写明原因" in text(teacher.post(f"/entries/{entry.id}/withdraw", data={"why": ""}))
    assert teacher.post(f"/entries/{entry.id}/withdraw", data={"why": "学生转学"}).status_code == 302
    assert entry_by_id(entry.id).state == "withdrawn"
    assert "学生转学" in text(teacher.get(f"/entries/{entry.id}"))


def test_a_draft_is_deleted_and_a_submitted_entry_is_not(teacher: FlaskClient, place: Place) -> None:
    draft, sent = begun(place), make_painting(place)
    submit_entry(place.teacher, sent.id, entry_by_id(sent.id).version)
    assert teacher.post(f"/entries/{draft.id}/delete", data={"version": "1"}).status_code == 302
    assert teacher.post(f"/entries/{sent.id}/delete", data={"version": "1"}).status_code == 409
    assert db.session.scalars(select(Entry.id)).all() == [sent.id]


@pytest.mark.database
def test_versions_are_shown_and_compared(teacher: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    post(teacher, entry, title="火星农场", **{"authors-0-person": f"student-{place.pupil.id}"})
    assert "火星农场" in text(teacher.get(f"/entries/{entry.id}/compare"))
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    page = text(teacher.get(f"/entries/{entry.id}/compare?old=1&new=2"))
    assert "月球上的空中农场" in page
    assert "火星农场" in page
    assert "第 2 版" in text(teacher.get(f"/entries/{entry.id}/versions"))
    assert "月球上的空中农场" in text(teacher.get(f"/entries/{entry.id}/versions/1"))
    assert teacher.get(f"/entries/{entry.id}/versions/9").status_code == 404


def test_a_file_of_an_earlier_version_can_still_be_read(teacher: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    [first] = entry_by_id(entry.id).files
    upload(teacher, entry, "painting", jpeg(), "新画.jpg")
    assert teacher.get(f"/entries/{entry.id}/files/{first.blob_id}").status_code == 200
    other = make_painting(place)
    strange = entry_by_id(other.id).files[0].blob_id
    assert teacher.get(f"/entries/{entry.id}/files/{strange}").status_code == 404


def test_the_application_form_prints_for_drafts_and_submitted_entries(teacher: FlaskClient, place: Place) -> None:
    from pypdf import PdfReader

    entry = make_project(place, [place.pupil])
    draft = teacher.get(f"/entries/{entry.id}/application.pdf")
    assert "草稿" in PdfReader(io.BytesIO(draft.data)).pages[0].extract_text()
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    reader = PdfReader(io.BytesIO(teacher.get(f"/entries/{entry.id}/application.pdf").data))
    words = "".join(page.extract_text() for page in reader.pages)
    for expected in (
        "GZ2018-CG-X-0001",
        "校园雨水回收装置的研究",
        "张晓明",
        "李志强",
        "西关小学",
        "签字、盖章的申报书已作为材料上传",
        "查新报告.pdf",
    ):
        assert expected in words
    assert "作者签字" not in words
    assert "内容校验码" not in words
    assert "草稿" not in words
    assert place.pupil.id_number not in words


def test_a_form_prints_where_the_category_asks_no_questions_of_its_own(place: Place) -> None:
    entry = entry_by_id(make_project(place, [place.pupil]).id)
    rules = replace(entry.category.rules, fields=())
    assert application_pdf(snapshot_of(entry, rules), rules, is_draft=False).startswith(b"%PDF")


def test_a_form_that_was_not_handed_in_signed_has_places_to_sign(teacher: FlaskClient, place: Place) -> None:
    from pypdf import PdfReader

    entry = make_painting(place)
    words = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(teacher.get(f"/entries/{entry.id}/application.pdf").data)).pages
    )
    assert "作者签字" in words
    assert "联系电话" in words
    assert "第一作者" not in words
    assert "辅导教师签字" not in words


def test_a_missing_consent_links_to_where_it_is_recorded(teacher: FlaskClient, place: Place) -> None:
    other = make_student(place.school, "王小雨")
    entry = make_painting(place, pupil=other)
    assert f"/students/{other.id}/consent" in teacher.get(f"/entries/{entry.id}").get_data(as_text=True)


def test_others_do_not_learn_that_an_entry_exists(client: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    colleague_row = make_teacher(place.school, "孙老师")
    colleague = make_account(Role.TEACHER, school=place.school, teacher=colleague_row)
    other_school = make_school(place.office, "北街小学")
    stranger = make_account(Role.SCHOOL_MANAGER, school=other_school)
    for actor in (colleague, stranger, place.staff):
        sign_in(client, actor)
        for page in ("", "/edit", "/application.pdf", "/versions", "/compare"):
            assert client.get(f"/entries/{entry.id}{page}").status_code == 404, (actor.role, page)
    sign_in(client, place.manager)
    assert client.get(f"/entries/{entry.id}").status_code == 200
    assert client.get(f"/entries/{entry.id}/edit").status_code == 200


def test_a_tutor_of_the_school_may_edit(client: FlaskClient, place: Place) -> None:
    row = make_teacher(place.school, "孙老师")
    tutor = make_account(Role.TEACHER, school=place.school, teacher=row)
    entry = begun(place)
    save_draft(place.teacher, entry.id, entry_by_id(entry.id).version, painting_input(place.pupil, row))
    sign_in(client, tutor)
    assert client.get(f"/entries/{entry.id}/edit").status_code == 200


def test_where_the_school_approves_the_teacher_asks_and_the_manager_submits(client: FlaskClient, place: Place) -> None:
    place.school.requires_approval = True
    db.session.commit()
    entry = make_painting(place)
    sign_in(client, place.teacher)
    assert "送学校管理员" in text(client.get(f"/entries/{entry.id}"))
    version = entry_by_id(entry.id).version
    client.post(f"/entries/{entry.id}/ask-approval", data={"version": version})
    sign_in(client, place.manager)
    assert "月球上的空中农场" in text(client.get("/entries?approval=1"))
    assert "同意并提交" in text(client.get(f"/entries/{entry.id}"))
    client.post(f"/entries/{entry.id}/submit", data={"version": version})
    assert entry_by_id(entry.id).state == "submitted"


def test_the_manager_sends_back_and_the_page_tells_who_did_what(client: FlaskClient, place: Place) -> None:
    place.school.requires_approval = True
    db.session.commit()
    entry = make_painting(place)
    address, version = f"/entries/{entry.id}", entry_by_id(entry.id).version
    sign_in(client, place.teacher)
    client.post(f"{address}/ask-approval", data={"version": version})
    assert client.post(f"{address}/send-back", data={"version": version, "why": "改题目"}).status_code == 403
    sign_in(client, place.manager)
    page = text(client.get(address))
    assert "等待学校同意" in page
    assert "填报人 李志强" in page
    assert "请写明原因" in text(client.post(f"{address}/send-back", data={"version": version, "why": ""}))
    assert (
        client.post(f"{address}/send-back", data={"version": version, "why": "请换一张清楚的照片"}).status_code == 302
    )
    assert "学校退回" in text(client.get("/entries"))
    sign_in(client, place.teacher)
    page = text(client.get(address))
    assert "学校退回，请修改后重新送审" in page
    client.post(f"{address}/ask-approval", data={"version": version})
    sign_in(client, place.manager)
    client.post(f"{address}/submit", data={"version": version})
    history = text(client.get(address)).partition("经过")[2]
    steps = re.findall(r"(新建草稿|送学校管理员|学校退回|学校同意|提交第 1 版)[^·]*· (\S+)", history)
    assert steps == [
        ("提交第 1 版", "王校长"),
        ("学校同意", "王校长"),
        ("送学校管理员", "李志强"),
        ("学校退回", "王校长"),
        ("送学校管理员", "李志强"),
        ("新建草稿", "李志强"),
    ]
    assert "请换一张清楚的照片" in history


def test_after_the_deadline_the_page_says_what_comes_next_and_still_withdraws(
    teacher: FlaskClient, place: Place, clock: MovingClock
) -> None:
    entry = make_painting(place)
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    sign_in(teacher, place.teacher)
    page = text(teacher.get(f"/entries/{entry.id}"))
    assert "已截止，等待审核" in page
    assert "撤回原因" in page

    def refuse(_entry: Entry, **_values: object) -> None:
        raise Conflict("judging.begun", "这件作品已进入评审。")

    with before_withdrawal.connected_to(refuse):
        page = text(teacher.get(f"/entries/{entry.id}"))
    assert "这件作品已进入评审。" in page
    assert "撤回原因" not in page
    assert teacher.post(f"/entries/{entry.id}/withdraw", data={"why": "学生转学"}).status_code == 302
    page = text(teacher.get(f"/entries/{entry.id}"))
    assert re.search(r"撤回\s*[\d :-]+· 李志强", page)


def test_who_submits_in_the_last_silent_minute_is_not_told_to_change_it(
    teacher: FlaskClient, place: Place, clock: MovingClock
) -> None:
    entry = make_painting(place)
    clock.move_to(place.contest.submission_closes_at + timedelta(seconds=30))
    sign_in(teacher, place.teacher)
    sent = teacher.post(
        f"/entries/{entry.id}/submit", data={"version": entry_by_id(entry.id).version}, follow_redirects=True
    )
    assert "申报已经截止，等待主办单位审核" in text(sent)
    assert "截止前仍可修改" not in text(sent)
    assert "可以修改后重新提交" not in text(sent)


@pytest.mark.database
def test_the_list_shows_filters_counts_and_exports(client: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    begun(place, "CG")
    gone = make_painting(place, pupil=make_consented(place, "王小雨"), title="要撤的画")
    submit_entry(place.teacher, gone.id, entry_by_id(gone.id).version)
    withdraw_entry(place.teacher, gone.id, "重复")
    sign_in(client, place.manager)
    page = text(client.get("/entries"))
    assert "月球上的空中农场" in page
    assert "科幻画作品（剩余 5 件）" in page
    assert "要撤的画" not in text(client.get("/entries?state=submitted"))
    assert "张晓明" in text(client.get("/entries?q=张晓明"))
    assert "（未命名）" not in text(client.get("/entries?q=张晓明"))
    book = client.get("/entries/export?state=submitted")
    assert book.content_type.startswith("application/vnd.openxmlformats")


def make_consented(place: Place, name: str) -> Any:
    pupil = make_student(place.school, name)
    make_consent(pupil)
    return pupil


def test_pdfs_differ_from_one_another() -> None:
    assert pdf() != pdf()
