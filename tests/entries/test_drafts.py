"""Drafts: what is kept, what is refused, who may be named; lists in a constant number of statements."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale, TooLate
from contest_portal.core.models import AuditRecord
from contest_portal.entries.draft_input import AuthorInput, DraftInput, clean_text, cleaned
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.facts import findings_of
from contest_portal.entries.services.drafts import create_draft, delete_draft, save_draft
from contest_portal.entries.services.submission import submit_entry
from contest_portal.entries.snapshots import digest_of, same_content
from tests.entries.entry_factories import Place, make_painting, make_place, painting_input
from tests.factories import (
    make_account,
    make_consent,
    make_office,
    make_school,
    make_student,
    make_teacher,
    sign_in,
)


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


def begun(place: Place, code: str = "KH") -> Entry:
    return create_draft(place.teacher, place.contest.id, place.category(code).id, place.school.id)


def test_a_half_filled_draft_is_kept_as_it_is(place: Place) -> None:
    entry = begun(place, "CG")
    draft = DraftInput(title="题目", answers={"uses_wildlife": True, "novelty_checked_on": "后天"})
    save_draft(place.teacher, entry.id, 1, draft)
    saved = entry_by_id(entry.id)
    assert (saved.title, saved.answers) == ("题目", {"uses_wildlife": True, "novelty_checked_on": "后天"})
    codes = {finding.code for finding in findings_of(saved)}
    assert {"field-wrong-kind", "authors-missing", "slot-missing"} <= codes


def test_saving_what_is_there_already_changes_nothing(place: Place) -> None:
    entry = begun(place)
    save_draft(place.teacher, entry.id, 1, painting_input(place.pupil))
    count = select(func.count()).select_from(AuditRecord)
    before = db.session.scalar(count)
    assert save_draft(place.teacher, entry.id, 2, painting_input(place.pupil)).version == 2
    assert db.session.scalar(count) == before


def test_a_draft_saved_meanwhile_is_not_overwritten(place: Place) -> None:
    entry = begun(place)
    save_draft(place.teacher, entry.id, 1, painting_input(place.pupil))
    with pytest.raises(Stale):
        save_draft(place.teacher, entry.id, 1, painting_input(place.pupil, title="别的"))


def test_the_stage_follows_from_the_authors(place: Place) -> None:
    pupil = make_student(place.school, "高年级", grade=8)
    entry = begun(place)
    assert save_draft(place.teacher, entry.id, 1, painting_input(place.pupil)).stage_code == "X"
    assert save_draft(place.teacher, entry.id, 2, painting_input(pupil)).stage_code == "C"


def test_two_first_authors_are_refused_by_the_service_too(place: Place) -> None:
    friend = make_student(place.school, "王小雨")
    entry = begun(place, "CG")
    authors = [AuthorInput(student_id=one.id, is_first=True) for one in (place.pupil, friend)]
    with pytest.raises(Invalid) as refusal:
        save_draft(place.teacher, entry.id, 1, DraftInput(title="题目", authors=authors))
    assert [(one.field, str(one.message)) for one in refusal.value.problems] == [
        ("authors", "第一作者只能有一名，现在标了 2 名")
    ]
    assert entry_by_id(entry.id).title == ""


def test_pupils_of_another_office_or_of_another_school_for_a_single_author_are_refused(place: Place) -> None:
    far = make_student(make_school(make_office("高台县科学技术协会"), "高台小学"), "周乐天")
    near = make_student(make_school(place.office, "北街小学"), "周乐天")
    for code, pupil in (("CG", far), ("KH", far), ("KH", near)):
        entry = begun(place, code)
        with pytest.raises(Invalid) as refusal:
            save_draft(place.teacher, entry.id, 1, DraftInput(authors=[AuthorInput(student_id=pupil.id)]))
        assert refusal.value.problems[0].field == "authors-1"


def test_a_pupil_who_left_cannot_be_named_yet_stays_where_named_before(place: Place) -> None:
    entry = begun(place)
    save_draft(place.teacher, entry.id, 1, painting_input(place.pupil))
    place.pupil.state = "left"
    db.session.commit()
    assert save_draft(place.teacher, entry.id, 2, painting_input(place.pupil, title="改名")).title == "改名"
    with pytest.raises(Invalid, match="没有改动"):
        save_draft(place.teacher, begun(place).id, 1, painting_input(place.pupil))


def test_nothing_is_begun_or_changed_after_the_deadline(place: Place, clock: MovingClock) -> None:
    entry = begun(place)
    clock.move_to(place.contest.submission_closes_at + timedelta(minutes=2))
    with pytest.raises(TooLate):
        begun(place)
    with pytest.raises(TooLate):
        save_draft(place.teacher, entry.id, 1, painting_input(place.pupil))


def test_a_draft_can_be_prepared_before_submission_opens(place: Place, clock: MovingClock) -> None:
    place.contest.submission_opens_at = clock.now() + timedelta(days=2)
    db.session.commit()
    entry = make_painting(place)
    with pytest.raises(Conflict, match="2018-03-03 09:00:00 开始"):
        submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)


def test_a_returned_entry_is_mended_until_its_new_deadline(place: Place, clock: MovingClock) -> None:
    entry = make_painting(place)
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    row = entry_by_id(entry.id)
    row.state, row.fix_until = "returned", clock.now() + timedelta(days=2)
    db.session.add(
        ScreeningDecision(
            entry_id=row.id, entry_version=1, decision="return", reasons=["缺件"], words="", decided_at=clock.now()
        )
    )
    db.session.commit()
    save_draft(place.teacher, entry.id, row.version, painting_input(place.pupil, title="补全的画"))
    again = submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    assert (again.state, again.number, again.submission_count, again.is_late) == (
        "submitted",
        "GZ2018-KH-X-0001",
        2,
        False,
    )


def test_films_authors_stay_as_they_were_at_the_deadline(place: Place, clock: MovingClock) -> None:
    friend = make_student(place.school, "王小雨")
    entry = make_painting(place)
    film = place.category("DV")
    row = entry_by_id(entry.id)
    submit_entry(place.teacher, entry.id, row.version)
    clock.move_to(place.contest.submission_closes_at + timedelta(days=1))
    row = entry_by_id(entry.id)
    row.category, row.state, row.fix_until = film, "returned", clock.now() + timedelta(days=2)
    db.session.commit()
    save_draft(place.teacher, entry.id, row.version, painting_input(friend, answers={}))
    assert "authors-fixed" in {finding.code for finding in findings_of(entry_by_id(entry.id))}


def test_a_groups_name_may_not_be_a_pupils(place: Place) -> None:
    entry = begun(place, "SJ")
    save_draft(place.teacher, entry.id, 1, DraftInput(group_name="张晓明"))
    assert "group-name-is-a-person" in {finding.code for finding in findings_of(entry_by_id(entry.id))}


def test_a_category_of_another_contest_is_not_found(place: Place) -> None:
    other = make_place_of(make_office("高台县科学技术协会"))
    with pytest.raises(NotFound):
        create_draft(place.teacher, place.contest.id, other, place.school.id)


def test_what_was_submitted_is_not_deleted(place: Place) -> None:
    entry = make_painting(place)
    submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)
    with pytest.raises(Conflict, match="不能删除"):
        delete_draft(place.teacher, entry.id)


def make_place_of(office: object) -> int:
    from tests.factories import make_contest

    return make_contest(office).categories[0].id  # type: ignore[arg-type]


def test_pasted_invisible_signs_are_dropped() -> None:
    assert clean_text(" \ufeff月球\u200b农场\r\n第二行 ") == "月球农场\n第二行"
    only = cleaned(DraftInput(authors=[AuthorInput(student_id=1)]))
    assert only.authors[0].is_first is True


def test_a_fingerprint_knows_nothing_of_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": [1, 2]}) == digest_of({"b": [1, 2], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
    assert same_content({"title": "月球"}, {"title": "月球", "school": {"name": "改了名"}})


def statements_of(client: FlaskClient, address: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("role", [Role.SCHOOL_MANAGER, Role.TEACHER])
def test_the_list_takes_as_many_statements_for_thirty_rows_as_for_one(
    client: FlaskClient, place: Place, role: Role
) -> None:
    row = make_teacher(place.school, "孙老师")
    actor = make_account(role, school=place.school, teacher=row if role is Role.TEACHER else None)
    sign_in(client, actor)

    def fill(count: int) -> None:
        for _number in range(count):
            entry = create_draft(place.manager, place.contest.id, place.category("KH").id, place.school.id)
            save_draft(place.manager, entry.id, 1, painting_input(place.pupil, row))

    fill(1)
    one = statements_of(client, "/entries")
    fill(29)
    assert statements_of(client, "/entries") == one <= 15


def test_the_form_takes_few_statements(client: FlaskClient, place: Place) -> None:
    entry = make_painting(place)
    sign_in(client, place.teacher)
    assert statements_of(client, f"/entries/{entry.id}/edit") <= 20
    assert statements_of(client, f"/entries/{entry.id}") <= 20


def test_a_consent_withdrawn_counts_no_more(place: Place) -> None:
    pupil = make_student(place.school, "王小雨", born=date(2009, 1, 2))
    consent = make_consent(pupil)
    entry = begun(place)
    save_draft(place.teacher, entry.id, 1, painting_input(pupil))
    assert "consent-missing" not in {finding.code for finding in findings_of(entry_by_id(entry.id))}
    consent.withdrawn_at = consent.recorded_at
    db.session.commit()
    assert "consent-missing" in {finding.code for finding in findings_of(entry_by_id(entry.id))}
