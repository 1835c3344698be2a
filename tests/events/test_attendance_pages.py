"""The pages of the day itself over HTTP: the door, a check-in, the board, a training's names and proofs."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.content_use import uses
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.core.job_schedule import ask_for_due
from contest_portal.core.models import AuditRecord, Job
from contest_portal.core.spreadsheets import read_tables
from contest_portal.core.storage import storage
from contest_portal.events.attendance.models import CheckIn, Presence
from contest_portal.events.attendance.services.check_ins import check_in
from contest_portal.events.attendance.services.corrections import correct_counts
from contest_portal.events.attendance.services.photos import MOST_BYTES, read_photo
from contest_portal.events.attendance.services.presences import tick_presences
from contest_portal.events.planning.models import Event, EventSession
from tests.events.attendance_scene import Door, arrival, make_party, make_trainee
from tests.events.factories import make_event, make_session, moment
from tests.factories import make_account, sign_in


@pytest.fixture
def door(app: Flask) -> Door:
    return Door()


@pytest.fixture
def staff(door: Door, client: FlaskClient) -> FlaskClient:
    return sign_in(client, door.staff)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def picture(size: tuple[int, int] = (2400, 1800)) -> bytes:
    """A JPEG that says where it was taken."""
    image = Image.new("RGB", size, (120, 160, 90))
    marks = Image.Exif()
    marks[0x010E] = "taken at the gate"
    marks.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=marks)
    return out.getvalue()


def typed(door: Door, **values: object) -> dict[str, object]:
    return {"key": "page-key-1", "booking": door.kqm.id, "pupils": "88", "adults": "4", **values}


def test_the_door_shows_who_comes_and_whom_to_call(door: Door, staff: FlaskClient) -> None:
    page = staff.get(door.address).get_data(as_text=True)
    for words in ("KQM", "南街小学", "四年级1班（45）", 'href="tel:13900000001"', "预约 学生 90 人，带队 4 人"):
        assert words in page


def test_a_supervisor_reads_the_door_without_phones_and_forms(door: Door, client: FlaskClient) -> None:
    page = sign_in(client, door.supervisor).get(door.address).get_data(as_text=True)
    assert "139****0001" in page
    assert "13900000001" not in page
    assert "party-form" not in page


def test_three_letters_open_the_party_without_scripts(door: Door, staff: FlaskClient) -> None:
    page = staff.get(f"{door.address}?code=rst").get_data(as_text=True)
    assert re.search(r'id="party-RST".*?<details class="party-check-in" data-party-form open>', page, re.DOTALL)
    assert len(re.findall("data-party-form open", page)) == 1


def test_the_letters_of_another_session_lead_there_or_check_in_here(door: Door, staff: FlaskClient) -> None:
    later = make_party(door.event, door.west, "LTR", [door.next], pupils=30, adults=2)
    page = staff.get(f"{door.address}?code=LTR").get_data(as_text=True)
    assert "预约的不是这一场" in page
    assert f"/office/sessions/{door.next.id}/check-in?code=LTR" in page
    staff.post(door.address, data=typed(door, booking=later.id, pupils="30", adults="2"))
    assert db.session.scalars(select(CheckIn.booking_id)).all() == [later.id]
    assert "请核对字母" in staff.get(f"{door.address}?code=XYZ").get_data(as_text=True)


def test_a_booking_s_qr_opens_its_session_for_the_office_and_nothing_for_others(
    door: Door, client: FlaskClient
) -> None:
    scan = f"/check-in/{door.kqm.token}"
    assert "/login" in client.get(scan).location
    manager = make_account(Role.SCHOOL_MANAGER, school=door.south)
    assert sign_in(client, manager).get(scan).status_code == 404
    answer = sign_in(client, door.staff).get(scan)
    assert answer.location == f"{door.address}?code=KQM#party-KQM"


def test_a_form_that_cannot_be_is_shown_again_with_what_was_typed(door: Door, staff: FlaskClient) -> None:
    answer = staff.post(door.address, data=typed(door, pupils="八十", adults=""))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "「八十」不是人数" in page
    assert 'value="八十"' in page
    assert db.session.scalars(select(CheckIn)).all() == []


def test_scripts_are_told_in_json_what_was_noted_and_who_was_first(door: Door, staff: FlaskClient) -> None:
    wants = {"Accept": "application/json"}
    first = staff.post(door.address, data=typed(door), headers=wants)
    again = staff.post(door.address, data=typed(door), headers=wants)
    assert (first.status_code, again.status_code, first.json) == (200, 200, again.json)
    other = staff.post(door.address, data=typed(door, key="page-key-2", pupils="90"), headers=wants)
    assert other.status_code == 409
    assert other.get_json()["code"] == "events.already_checked_in"
    assert other.get_json()["url"] == first.get_json()["url"]
    bad = staff.post(door.address, data=typed(door, key="page-key-3", pupils="x"), headers=wants)
    assert (bad.status_code, "不是人数" in bad.get_json()["message"]) == (422, True)


def test_no_shows_are_offered_once_the_session_is_over(door: Door, staff: FlaskClient, clock: MovingClock) -> None:
    assert "标为未到" not in staff.get(door.address).get_data(as_text=True)
    clock.move_to(moment("2018-03-01 10:31"))
    assert "标为未到" in staff.get(door.address).get_data(as_text=True)
    staff.post(f"/office/sessions/{door.session.id}/no-shows", data={"booking": [door.kqm.id, door.rst.id]})
    page = staff.get(door.address).get_data(as_text=True)
    assert page.count("取消未到标记") == 2
    staff.post(f"/office/sessions/{door.session.id}/no-shows/back", data={"booking": door.kqm.id})
    assert staff.get(door.address).get_data(as_text=True).count("取消未到标记") == 1


def test_the_printed_list_has_phones_and_its_taking_is_recorded(door: Door, staff: FlaskClient) -> None:
    answer = staff.post(f"/office/sessions/{door.session.id}/list")
    text = text_of(answer.data)
    for words in ("KQM", "南街小学", "13900000001", "实到学生", "没有预约的队伍", "2 支队伍 136 人"):
        assert words in text
    trail = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "events.print_session_list")).one()
    assert trail.after == {"parties": 2}


def test_a_correction_and_its_reason_stand_on_the_page(door: Door, staff: FlaskClient) -> None:
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    page = f"/office/check-ins/{row.id}"
    refused = staff.post(f"{page}/correct", data={"pupils": "90", "adults": "4", "why": "", "version": row.version})
    assert (refused.status_code, "原因" in refused.get_data(as_text=True)) == (422, True)
    staff.post(f"{page}/correct", data={"pupils": "90", "adults": "4", "why": "漏数两人", "version": row.version})
    shown = staff.get(page).get_data(as_text=True)
    assert "学生 88 人，带队 4 人 → 学生 90 人，带队 4 人" in shown
    assert "漏数两人" in shown
    staff.post(f"{page}/undo")
    assert "已撤销" in staff.get(page).get_data(as_text=True)


def test_a_photo_is_reduced_sealed_without_marks_and_for_the_office_alone(
    door: Door, staff: FlaskClient, app: Flask
) -> None:
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    page = f"/office/check-ins/{row.id}/photo"
    staff.post(page, data={"photo": (io.BytesIO(picture()), "门口.jpg")})
    answer = staff.get(page)
    shown = Image.open(io.BytesIO(answer.data))
    assert (shown.format, max(shown.size), dict(shown.getexif())) == ("JPEG", 1600, {})
    assert answer.headers["Cache-Control"] == "private, no-store"
    db.session.refresh(row)
    assert row.photo_file_sha256
    assert uses()[row.photo_file_sha256] == 1  # the sweep of unused files leaves it alone
    with storage().open(row.photo_file_sha256) as kept:
        assert not kept.read().startswith(b"\xff\xd8")
    manager = sign_in(app.test_client(), make_account(Role.SCHOOL_MANAGER, school=door.south))
    assert manager.get(page).status_code == 404
    supervisor = sign_in(app.test_client(), door.supervisor)
    assert supervisor.get(page).status_code == 403
    assert "group-photo" not in supervisor.get(f"/office/check-ins/{row.id}").text
    staff.post(f"{page}/remove")
    assert staff.get(page).status_code == 404


def test_a_photo_goes_by_itself_after_a_year(door: Door, staff: FlaskClient, clock: MovingClock) -> None:
    row, later = (check_in(door.staff, door.session.id, arrival(one, 40, 2)) for one in (door.kqm, door.rst))
    staff.post(f"/office/check-ins/{row.id}/photo", data={"photo": (io.BytesIO(picture()), "门口.jpg")})
    clock.move_to(moment("2019-03-01 08:00"))
    jobs.HANDLERS["events.remove_old_photos"]({})
    assert db.session.get_one(CheckIn, row.id).photo_file_sha256
    later.photo_file_sha256, later.arrived_at = row.photo_file_sha256, moment("2018-09-01 09:00")
    db.session.commit()
    clock.move_to(moment("2019-03-02 10:00"))
    jobs.HANDLERS["events.remove_old_photos"]({})
    db.session.expire_all()
    assert db.session.get_one(CheckIn, row.id).photo_file_sha256 is None
    assert db.session.get_one(CheckIn, later.id).photo_file_sha256
    ask_for_due()
    assert "events.remove_old_photos" in db.session.scalars(select(Job.kind)).all()


def test_what_is_no_photo_is_refused_in_words(door: Door, staff: FlaskClient) -> None:
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    page = f"/office/check-ins/{row.id}/photo"
    for content, name in ((b"%PDF-1.4 nothing", "门口.jpg"), (picture()[:3000], "门口.jpg"), (b"", "")):
        answer = staff.post(page, data={"photo": (io.BytesIO(content), name)})
        assert answer.status_code == 422, name
    db.session.refresh(row)
    assert row.photo_file_sha256 is None


class Measured(io.BytesIO):
    """So many bytes that nobody may read."""

    def seek(self, _offset: int, whence: int = 0) -> int:
        return MOST_BYTES + (1 << 19) if whence == io.SEEK_END else 0

    def read(self, _size: int | None = -1) -> bytes:
        raise AssertionError("a file that is too large was read")


def test_a_photo_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid, match=r"「门口.jpg」有 20.5 MB，超过 20 MB 的上限"):
        read_photo("门口.jpg", Measured())


def test_the_board_and_the_list_of_sessions_count_what_came(door: Door, staff: FlaskClient) -> None:
    row = check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    correct_counts(door.staff, row.id, 90, 4, "漏数两人", row.version)
    board = staff.get(f"/office/events/{door.event.id}/board").get_data(as_text=True)
    assert re.search(r"已到</p>\s*<p class=\"stat-value\">94", board)
    listed = staff.get(f"/office/events/{door.event.id}/attendance?day=2018-03-01").get_data(as_text=True)
    assert "第 1 场" in listed
    assert "94" in listed
    rows = sheet(staff.get(f"/office/events/{door.event.id}/attendance/export").data)
    line = next(one for one in rows if "KQM" in one)
    assert line[4:9] == ["南街小学", 94, 90, 4, 94]
    assert line[10] == "88+4 改为 90+4：漏数两人"


def test_a_party_without_a_booking_is_told_apart_in_the_sums(door: Door, staff: FlaskClient) -> None:
    check_in(door.staff, door.session.id, arrival(door.kqm, 88, 4))
    for page in (f"/office/events/{door.event.id}/board", f"/office/sessions/{door.session.id}/check-in"):
        assert sum_of(staff.get(page).text) == "队伍 1 / 2"
    check_in(door.staff, door.session.id, arrival(None, 20, 1, party_name="老年大学"))
    for page in (f"/office/events/{door.event.id}/board", f"/office/sessions/{door.session.id}/check-in"):
        assert sum_of(staff.get(page).text) == "队伍 1 / 2，另有 1 支没有预约"


def sum_of(page: str) -> str:
    """What stands below the sum of those who came."""
    found = re.search(r'已到</p>\s*<p class="stat-value">.*?</p>\s*<p[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found
    return found[1].strip()


def sheet(content: bytes) -> list[list[object]]:
    return [list(row.values) for one in read_tables(content, "counts.xlsx") for row in one.rows]


class Course:
    """A training in two parts; two teachers of one school, one of another."""

    def __init__(self, door: Door) -> None:
        self.event: Event = make_event(door.office, "辅导员培训", kind="training", is_course=True)
        self.parts: list[EventSession] = [
            make_session(self.event, "2018-03-01 09:00"),
            make_session(self.event, "2018-03-01 14:00"),
        ]
        south = make_party(self.event, door.south, "AAA", self.parts, pupils=0, adults=2)
        west = make_party(self.event, door.west, "BBB", self.parts, pupils=0, adults=1)
        self.people = [
            make_trainee(south, door.south, "陈建国"),
            make_trainee(south, door.south, "李文静"),
            make_trainee(west, door.west, "马晓燕"),
        ]


@pytest.fixture
def course(door: Door) -> Course:
    return Course(door)


def test_two_phones_that_tick_different_people_do_not_undo_each_other(
    course: Course, staff: FlaskClient, door: Door, app: Flask
) -> None:
    first, second, third = (one.id for one in course.people)
    page = f"/office/sessions/{course.parts[0].id}/presence"
    colleague = sign_in(app.test_client(), door.colleague)
    staff.post(page, data={"person": [first, second]})
    colleague.post(page, data={"person": [third]})  # opened before the first phone had saved
    assert present(course.parts[0]) == {first, second, third}
    staff.post(page, data={"before": [first, second], "person": [first]})
    assert present(course.parts[0]) == {first, third}


def present(session: EventSession) -> set[int]:
    return set(db.session.scalars(select(Presence.person_id).where(Presence.session_id == session.id)))


def test_names_are_printed_to_sign_and_exported_with_ticks(course: Course, staff: FlaskClient, door: Door) -> None:
    tick_presences(door.staff, course.parts[0].id, present=[course.people[0].id], absent=[])
    paper = text_of(staff.get(f"/office/sessions/{course.parts[1].id}/presence/list").data)
    assert all(name in paper for name in ("陈建国", "李文静", "马晓燕", "共 3 人"))
    assert "—" not in paper  # the places to sign in are empty
    rows = sheet(staff.get(f"/office/events/{course.event.id}/presence/export").data)
    assert [row[1:] for row in rows if row[0] in {1, 2}] == [["陈建国", "南街小学", "√"], ["李文静", "南街小学"]]


def test_who_was_at_all_sessions_gets_a_certificate_and_a_school_gets_its_own(
    course: Course, door: Door, app: Flask, clock: MovingClock
) -> None:
    first, second, third = (one.id for one in course.people)
    tick_presences(door.staff, course.parts[0].id, present=[first, second, third], absent=[])
    clock.move_to(moment("2018-03-01 14:30"))
    staff = sign_in(app.test_client(), door.staff)
    tick_presences(door.staff, course.parts[1].id, present=[first, third], absent=[])
    proofs = f"/office/events/{course.event.id}/attendance-proofs"
    told = staff.post(proofs, follow_redirects=True).get_data(as_text=True)
    assert "还没有全部结束" in told
    clock.move_to(moment("2018-03-01 16:00"))
    whole = PdfReader(io.BytesIO(staff.post(proofs).data))
    assert len(whole.pages) == 2
    assert "陈建国" in whole.pages[0].extract_text()
    assert "2 场全部到场" in whole.pages[0].extract_text()
    assert "2018年3月1日" in whole.pages[0].extract_text().replace(" ", "")
    manager = sign_in(app.test_client(), make_account(Role.SCHOOL_MANAGER, school=door.west))
    shown = manager.get(f"/bookings/{course.people[2].booking_id}").get_data(as_text=True)
    assert f'href="/school/events/{course.event.id}/attendance-proofs"' in shown
    own = PdfReader(io.BytesIO(manager.get(f"/school/events/{course.event.id}/attendance-proofs").data))
    assert len(own.pages) == 1
    assert "马晓燕" in own.pages[0].extract_text()
    elsewhere = sign_in(app.test_client(), make_account(Role.TEACHER, school=door.south))
    assert "李文静" not in text_of(elsewhere.get(f"/school/events/{course.event.id}/attendance-proofs").data)


def test_the_worker_script_may_serve_the_door(client: FlaskClient) -> None:
    answer = client.get("/check-in-worker.js")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "text/javascript",
        "no-cache",
    )
    assert "check-in-pages" in answer.get_data(as_text=True)


def test_the_letters_of_a_booking_that_has_ended_offer_no_form(door: Door, staff: FlaskClient) -> None:
    ended = make_party(door.event, door.west, "GNE", [], pupils=30, adults=2)
    ended.state = "cancelled"
    db.session.commit()
    page = staff.get(f"{door.address}?code=GNE").get_data(as_text=True)
    assert "（GNE）的预约已取消" in page
    assert f'name="booking" value="{ended.id}"' not in page
