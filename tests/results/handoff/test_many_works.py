"""Many works are taken together: a correction of five takes as many statements as of two, and each keeps its own limits."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Role
from contest_portal.core.audit import verify
from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord, Job
from contest_portal.entries.models import Author, Entry, EntryVersion, PersonClaim
from contest_portal.people.models import Consent
from contest_portal.results.handoff.services import handing_over
from tests.factories import make_account, make_contest, make_office, make_school
from tests.judging.making import counted
from tests.results.handoff.deployments import approve, painting

pytestmark = pytest.mark.database


def above_of(contest: Contest) -> list[Entry]:
    rows = select(Entry).where(Entry.contest_id == contest.feeds_into_id).order_by(Entry.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def contest_with(count: int, name: str) -> tuple[Contest, list[Entry]]:
    """A district's contest with so many recommended works, and its own city's above it."""
    city = make_office(f"{name}市科协", level="city", number_prefix=f"C{count}")
    district = make_office(f"{name}区科协", parent=city, number_prefix=f"D{count}")
    contest = make_contest(district, name="区赛", feeds_into_id=make_contest(city, name="市赛").id)
    school = make_school(district, f"{name}小学")
    works = [painting(contest, school, count * 10 + number) for number in range(count)]
    approve(contest, works)
    return contest, works


def test_corrections_of_five_works_take_as_many_statements_as_of_two(app: Flask) -> None:
    counts = []
    for count, name in ((2, "甲"), (5, "乙")):
        contest, works = contest_with(count, name)
        staff = make_account(Role.OFFICE, office=contest.office)
        handing_over.hand_over(staff, contest.id)
        assert [one.number[-4:] for one in above_of(contest)] == [f"{n:04d}" for n in range(1, count + 1)]
        for work in works:
            work.summary = "更正过的说明。"
        db.session.commit()
        with counted(app) as found:
            handing_over.hand_over(staff, contest.id)
        counts.append(len(found))
        entries = above_of(contest)
        assert {(one.summary, one.submission_count, one.state) for one in entries} == {
            ("更正过的说明。", 2, "submitted")
        }
    assert counts[0] == counts[1]
    assert db.session.query(EntryVersion).count() == 14
    assert db.session.query(Job).filter_by(kind="entries.find_names").count() == 14
    assert db.session.query(AuditRecord).filter_by(action="results.take_entry").count() == 14
    assert db.session.query(Consent).count() == 14  # of each pupil here and above, once
    assert verify(db.session)[1] is None


def test_of_two_works_of_one_pupil_the_second_is_over_the_limit_and_comes_all_the_same(app: Flask) -> None:
    contest, works = contest_with(3, "甲")
    first, second, third = works
    pupil = first.authors[0].student_id
    second.authors[:] = [Author(student_id=pupil, position=1, is_first=True)]
    db.session.commit()
    handing_over.hand_over(make_account(Role.OFFICE, office=contest.office), contest.id)
    entries = above_of(contest)
    assert [one.state for one in entries] == ["submitted"] * 3
    assert entries[0].authors[0].student_id == entries[1].authors[0].student_id
    holders = {one.entry_id for one in db.session.query(PersonClaim).filter_by(contest_id=contest.feeds_into_id)}
    assert holders == {entries[0].id, entries[2].id}
    assert third.number
