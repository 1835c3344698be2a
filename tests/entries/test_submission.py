"""Submission: what it checks, gives and keeps."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.contests.services import change_state
from contest_portal.core import audit
from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, Stale, TooLate
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.entries.draft_input import AuthorInput
from contest_portal.entries.models import Entry, EntryVersion, PersonClaim
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.queries.submitted import submitted_snapshot, version, versions_of
from contest_portal.entries.services.drafts import save_draft
from contest_portal.entries.services.exceptions import grant_exception, grant_school_exception
from contest_portal.entries.services.restoring import discard_changes
from contest_portal.entries.services.school_approval import (
    approve_by_school,
    ask_for_approval,
    send_back_by_school,
)
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.services.withdrawal import withdraw_entry
from contest_portal.entries.signals import before_withdrawal
from contest_portal.entries.snapshots import differences, digest_of
from tests.entries.entry_factories import (
    Place,
    jpeg,
    make_painting,
    make_place,
    make_project,
    painting_input,
    received,
)
from tests.factories import make_account, make_consent, make_school, make_student, make_teacher


def submitted(place, entry: Entry) -> Entry:
    return submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)


def test_a_complete_painting_gets_its_number_and_a_version(app: Flask) -> None:
    place = make_place()
    entry = make_painting(place)
    assert findings_of(entry_by_id(entry.id)) == []
    submitted(place, entry)
    found = entry_by_id(entry.id)
    assert (found.state, found.number, found.submission_count) == ("submitted", "GZ2018-KH-X-0001", 1)
    kept = version(entry.id, 1)
    assert kept.snapshot["title"] == "月球上的空中农场"
    assert kept.snapshot["authors"][0]["name"] == "张晓明"
    assert kept.snapshot["files"][0]["sha256"] == found.files[0].blob.sha256
    assert kept.digest == digest_of(kept.snapshot)
    assert audit.verify(db.session)[1] is None


def test_no_number_or_phone_of_a_minor_stands_in_a_version(app: Flask) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place))
    text = str(version(entry.id, 1).snapshot)
    assert place.pupil.id_number not in text
    assert "2008-05-12" not in text


def test_the_manager_is_told(app: Flask) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place))
    notice = db.session.scalars(select(Notice).where(Notice.account_id == place.manager.account_id)).one()
    assert notice.params["number"] == "GZ2018-KH-X-0001"
    assert notice.url == f"/entries/{entry.id}"


def test_submitting_twice_makes_one_version(app: Flask) -> None:
    place = make_place()
    entry = make_painting(place)
    seen = entry_by_id(entry.id).version
    submit_entry(place.teacher, entry.id, seen)
    submit_entry(place.teacher, entry.id, seen)
    assert db.session.scalar(select(func.count()).select_from(EntryVersion)) == 1


def test_a_stale_page_cannot_submit(app: Flask) -> None:
    place = make_place()
    entry = make_painting(place)
    seen = entry_by_id(entry.id).version
    save_draft(place.manager, entry.id, seen, painting_input(place.pupil, title="火星上的空中农场"))
    with pytest.raises(Stale):
        submit_entry(place.teacher, entry.id, seen)


def test_what_is_missing_is_named_at_its_field(app: Flask) -> None:
    place = make_place()
    entry = make_painting(place)
    save_draft(
        place.teacher, entry.id, entry_by_id(entry.id).version, painting_input(place.pupil, title="", answers={})
    )
    with pytest.raises(Invalid) as refusal:
        submitted(place, entry)
    assert [problem.field for problem in refusal.value.problems] == ["title", "field-technique"]
    assert entry_by_id(entry.id).state == "draft"


def test_a_pupil_without_consent_holds_the_entry_back(app: Flask) -> None:
    place = make_place()
    other = make_student(place.school, "王小雨")
    entry = make_painting(place, pupil=other)
    with pytest.raises(Invalid) as refusal:
        submitted(place, entry)
    assert "监护人" in str(refusal.value.problems[0].message)
    make_consent(other)
    assert submitted(place, entry).state == "submitted"


@pytest.mark.parametrize(("late_by", "is_taken"), [(0, True), (59, True), (60, True), (61, False)])
def test_the_deadline_is_inclusive_and_has_a_silent_minute(
    app: Flask, clock: MovingClock, late_by: int, is_taken: bool
) -> None:
    place = make_place()
    entry = make_painting(place)
    clock.move_to(place.contest.submission_closes_at + timedelta(seconds=late_by, milliseconds=900))
    if is_taken:
        assert submitted(place, entry).is_late is False
    else:
        with pytest.raises(TooLate, match="截止"):
            submitted(place, entry)
        assert entry_by_id(entry.id).state == "draft"


def test_an_exception_of_the_office_opens_one_entry(app: Flask, clock: MovingClock) -> None:
    place = make_place()
    entry = make_painting(place)
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    grant_exception(place.staff, entry.id, clock.now() + timedelta(hours=4), "学校停电")
    save_draft(place.teacher, entry.id, entry_by_id(entry.id).version, painting_input(place.pupil, title="火星农场"))
    assert submitted(place, entry).is_late is True
    with pytest.raises(Invalid, match="原因"):
        grant_exception(place.staff, entry.id, clock.now() + timedelta(hours=4), " ")


def test_an_exception_for_a_school_without_a_draft_makes_one(app: Flask, clock: MovingClock) -> None:
    place = make_place()
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    until = clock.now() + timedelta(days=1)
    made = grant_school_exception(
        place.staff, place.contest.id, place.category("KH").id, place.school.id, until, "通知未送达"
    )
    assert [(one.state, one.exception_until) for one in made] == [("draft", until)]


def test_a_second_project_of_the_same_pupil_is_refused(app: Flask) -> None:
    place = make_place()
    submitted(place, make_project(place, [place.pupil]))
    second = make_project(place, [place.pupil], title="风力发电机叶片的研究")
    with pytest.raises(Invalid) as refusal:
        submitted(place, second)
    assert refusal.value.problems[0].field == "authors-1"
    assert "张晓明" in str(refusal.value.problems[0].message)


def test_of_two_projects_of_one_pupil_from_two_schools_at_the_same_moment_exactly_one_wins(app: Flask) -> None:
    place = make_place()
    north = make_school(place.office, "北街小学")
    row = make_teacher(north, "赵老师")
    teacher = make_account(Role.TEACHER, school=north, teacher=row)
    friend = make_student(north, "周乐")
    make_consent(friend)
    first = make_project(place, [place.pupil])
    place_north = type(place)(**{**vars(place), "school": north, "teacher": teacher, "teacher_row": row})
    second = make_project(place_north, [friend, place.pupil], title="太阳能灶的研究")
    tasks = [
        (place.teacher, first.id, entry_by_id(first.id).version),
        (teacher, second.id, entry_by_id(second.id).version),
    ]
    barrier, outcomes = threading.Barrier(2), []

    def run(actor, entry_id: int, seen: int) -> None:
        with app.app_context():
            barrier.wait(10)
            try:
                submit_entry(actor, entry_id, seen)
                outcomes.append("won")
            except DomainError as refusal:
                outcomes.append(str(refusal.problems[0].message))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    db.session.rollback()
    assert len(outcomes) == 2
    assert outcomes.count("won") == 1
    assert any("张晓明" in outcome and "本届" in outcome for outcome in outcomes)
    states = db.session.scalars(select(Entry.state).execution_options(populate_existing=True)).all()
    assert sorted(states) == ["draft", "submitted"]
    assert (
        len(db.session.scalars(select(PersonClaim).where(PersonClaim.person_key == f"student-{place.pupil.id}")).all())
        == 1
    )


def test_ten_submissions_at_the_same_moment_get_ten_numbers(app: Flask) -> None:
    place = make_place()
    drafts = []
    for number in range(5):
        school = make_school(place.office, f"第{number}小学")
        teacher = make_account(Role.TEACHER, school=school, teacher=make_teacher(school))
        for name in ("甲", "乙"):
            pupil = make_student(school, f"陈{name}{number}")
            make_consent(pupil)
            entry = make_painting(place, actor=teacher, pupil=pupil, school=school)
            drafts.append((teacher, entry.id, entry_by_id(entry.id).version))
    barrier, failures = threading.Barrier(len(drafts)), []

    def run(actor, entry_id: int, seen: int) -> None:
        with app.app_context():
            barrier.wait(10)
            try:
                submit_entry(actor, entry_id, seen)
            except DomainError as failure:
                failures.append(failure)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=task) for task in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    assert failures == []
    numbers = db.session.scalars(select(Entry.number).order_by(Entry.number)).all()
    assert numbers == [f"GZ2018-KH-X-{n:04d}" for n in range(1, 11)]


def test_the_schools_quota_holds(app: Flask) -> None:
    place = make_place()
    for number in range(6):
        pupil = make_student(place.school, f"陈{number}")
        make_consent(pupil)
        submitted(place, make_painting(place, pupil=pupil))
    with pytest.raises(Invalid) as refusal:
        submitted(place, make_painting(place))
    assert refusal.value.problems[0].field == "entry"
    assert "名额" in str(refusal.value.problems[0].message)


def test_a_submitted_entry_is_corrected_by_submitting_again(app: Flask) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place))
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, title="火星上的空中农场"))
    found = entry_by_id(entry.id)
    assert found.has_unsubmitted_changes is True
    assert submitted_snapshot(found)["title"] == "月球上的空中农场"
    submitted(place, entry)
    found = entry_by_id(entry.id)
    assert (found.number, found.submission_count, found.has_unsubmitted_changes) == ("GZ2018-KH-X-0001", 2, False)
    old, new = version(entry.id, 1).snapshot, version(entry.id, 2).snapshot
    change = differences(old, new, found.category.rules)
    assert [(str(one.label), one.old, one.new) for one in change] == [
        ("作品名称", ("月球上的空中农场",), ("火星上的空中农场",))
    ]
    assert [one.number for one in versions_of(entry.id)] == [2, 1]


def test_edits_taken_back_by_hand_are_no_changes(app: Flask) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place))
    for title, changed in (("火星", True), ("月球上的空中农场", False)):
        seen = entry_by_id(entry.id).version
        save_draft(place.teacher, entry.id, seen, painting_input(place.pupil, title=title))
        assert entry_by_id(entry.id).has_unsubmitted_changes is changed


def test_dropped_edits_bring_back_texts_people_and_files(app: Flask) -> None:
    from contest_portal.entries.services.files import add_file

    place = make_place()
    other = make_student(place.school, "王小雨")
    make_consent(other)
    entry = submitted(place, make_painting(place))
    before = submitted_snapshot(entry_by_id(entry.id))
    changed = painting_input(other, place.teacher_row, title="火星", answers={"technique": "国画"})
    save_draft(place.teacher, entry.id, entry.version, changed)
    add_file(place.teacher, entry.id, "painting", received(jpeg(), "另一张.jpg"))
    discard_changes(place.teacher, entry.id, entry_by_id(entry.id).version)
    found = entry_by_id(entry.id)
    assert found.has_unsubmitted_changes is False
    assert [author.student.name for author in found.authors] == ["张晓明"]
    assert found.tutors == []
    assert [one.file_name for one in found.files] == ["月球农场.jpg"]
    assert (found.title, found.answers, found.stage_code) == ("月球上的空中农场", {"technique": "水粉"}, "X")
    assert submitted_snapshot(found) == before


def test_a_changed_author_frees_the_place_of_the_one_before(app: Flask) -> None:
    place = make_place()
    other = make_student(place.school, "王小雨")
    make_consent(other)
    entry = submitted(place, make_painting(place))
    save_draft(place.teacher, entry.id, entry.version, painting_input(other))
    submitted(place, entry)
    assert db.session.scalars(select(PersonClaim.person_key)).all() == [f"student-{other.id}"]


def test_a_withdrawn_entry_frees_its_places_and_keeps_its_number(app: Flask) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place))
    with pytest.raises(Invalid, match="原因"):
        withdraw_entry(place.teacher, entry.id, "")
    withdraw_entry(place.teacher, entry.id, "学生转学")
    found = entry_by_id(entry.id)
    assert (found.state, found.number, found.withdrawn_why) == ("withdrawn", "GZ2018-KH-X-0001", "学生转学")
    again = submitted(place, make_painting(place))
    assert again.number == "GZ2018-KH-X-0002"
    with pytest.raises(Conflict, match="已撤回"):
        withdraw_entry(place.teacher, entry.id, "再撤一次")


def test_a_school_may_withdraw_after_the_deadline_until_the_contest_is_over(app: Flask, clock: MovingClock) -> None:
    place = make_place()
    other = make_student(place.school, "王小雨")
    make_consent(other)
    first = submitted(place, make_painting(place))
    second = submitted(place, make_painting(place, pupil=other))
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    assert withdraw_entry(place.teacher, first.id, "学生转学").state == "withdrawn"
    change_state(place.staff, place.contest.id, "close")
    with pytest.raises(Conflict, match="赛事已经结束"):
        withdraw_entry(place.teacher, second.id, "学生转学")
    assert withdraw_entry(place.staff, second.id, "学校来函").state == "withdrawn"


def test_a_higher_room_can_forbid_withdrawal(app: Flask) -> None:
    place = make_place()
    entry = submitted(place, make_painting(place))

    def refuse(_entry: Entry, **_values: object) -> None:
        raise Conflict("judging.begun", "评审已经开始，不能撤回。")

    with before_withdrawal.connected_to(refuse), pytest.raises(Conflict, match="评审已经开始"):
        withdraw_entry(place.teacher, entry.id, "学生转学")
    assert entry_by_id(entry.id).state == "submitted"


def test_where_the_school_approves_first_a_teacher_waits_for_the_manager(app: Flask) -> None:
    place = make_place()
    place.school.requires_approval = True
    db.session.commit()
    entry = make_painting(place)
    with pytest.raises(Conflict, match="学校管理员同意"):
        submitted(place, entry)
    ask_for_approval(place.teacher, entry.id, entry_by_id(entry.id).version)
    approve_by_school(place.manager, entry.id, entry_by_id(entry.id).version)
    assert submitted(place, entry).state == "submitted"


def handed_in(place: Place) -> Entry:
    """A painting of a school that approves first, with the manager."""
    place.school.requires_approval = True
    db.session.commit()
    entry = make_painting(place)
    ask_for_approval(place.teacher, entry.id, entry_by_id(entry.id).version)
    return entry_by_id(entry.id)


def test_a_manager_sends_an_entry_back_with_a_reason_and_the_teacher_is_told(app: Flask) -> None:
    place = make_place()
    entry = handed_in(place)
    with pytest.raises(Invalid, match="原因"):
        send_back_by_school(place.manager, entry.id, entry.version, "  ")
    send_back_by_school(place.manager, entry.id, entry.version, "作品说明请写清月球农场怎样供水。")
    sent_back = entry_by_id(entry.id)
    assert (sent_back.school_word, sent_back.approval_asked_at) == ("sent_back", None)
    notice = db.session.scalars(select(Notice).where(Notice.account_id == place.teacher.account_id)).one()
    assert notice.title.startswith("学校退回作品《%(title)s》")
    assert "月球上的空中农场" in str(notice.params)
    assert "作品说明请写清月球农场怎样供水。" in str(notice.params)
    record = db.session.scalars(
        select(AuditRecord).where(
            AuditRecord.action == "entries.send_back_by_school", AuditRecord.object_id == entry.id
        )
    ).one()
    assert (record.account_id, record.why) == (place.manager.account_id, "作品说明请写清月球农场怎样供水。")
    with pytest.raises(Conflict, match="学校管理员同意"):
        submitted(place, entry)


def test_what_was_sent_back_is_mended_and_handed_in_again(app: Flask) -> None:
    place = make_place()
    entry = handed_in(place)
    send_back_by_school(place.manager, entry.id, entry.version, "改题目。")
    send_back_by_school(place.manager, entry.id, entry.version, "按了两次。")
    assert entry_by_id(entry.id).sent_back_why == "改题目。"
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, title="火星上的空中农场"))
    assert entry_by_id(entry.id).school_word == "sent_back"
    ask_for_approval(place.teacher, entry.id, entry_by_id(entry.id).version)
    again = entry_by_id(entry.id)
    assert (again.school_word, again.sent_back_why) == ("asked", "")
    approve_by_school(place.manager, entry.id, again.version)
    assert submitted(place, entry).state == "submitted"


def test_only_what_was_handed_in_as_seen_is_sent_back(app: Flask) -> None:
    place = make_place()
    mine = make_painting(place)
    with pytest.raises(Conflict, match="没有送审"):
        send_back_by_school(place.manager, mine.id, entry_by_id(mine.id).version, "改题目。")
    entry = handed_in(place)
    with pytest.raises(Stale):
        send_back_by_school(place.manager, entry.id, entry.version - 1, "改题目。")


def test_a_change_after_approval_needs_approval_anew(app: Flask) -> None:
    place = make_place()
    place.school.requires_approval = True
    db.session.commit()
    entry = make_painting(place)
    approve_by_school(place.manager, entry.id, entry_by_id(entry.id).version)
    seen = entry_by_id(entry.id).version
    save_draft(place.teacher, entry.id, seen, painting_input(place.pupil, title="火星上的空中农场"))
    with pytest.raises(Conflict, match="学校管理员同意"):
        submitted(place, entry)


def test_a_manager_who_submits_approves_by_it(app: Flask) -> None:
    place = make_place()
    place.school.requires_approval = True
    db.session.commit()
    entry = make_painting(place)
    assert submit_entry(place.manager, entry.id, entry_by_id(entry.id).version).school_approved_at is not None


def test_an_author_input_names_the_person_by_kind() -> None:
    assert AuthorInput(student_id=12).key == "student-12"
    assert AuthorInput(teacher_id=3).key == "teacher-3"


def test_two_presses_at_the_same_moment_make_one_version(app: Flask) -> None:
    place = make_place()
    entry = make_painting(place)
    seen = entry_by_id(entry.id).version
    barrier, failures = threading.Barrier(2), []

    def press() -> None:
        with app.app_context():
            barrier.wait(10)
            try:
                submit_entry(place.teacher, entry.id, seen)
            except DomainError as failure:
                failures.append(failure)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _press in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    db.session.rollback()
    assert failures == []
    assert db.session.scalar(select(func.count()).select_from(EntryVersion)) == 1
