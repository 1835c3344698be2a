"""A thousand certificates: printed, signed, packed by school and joined for the printer by the job."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.lists import empty_application
from benchmarks.measurement import Measurement, timed
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.jobs import run_all
from contest_portal.results.awards.models import AwardLine, AwardList
from contest_portal.results.certificates.services import issuing, prints

COUNT, SCHOOLS = 1_000, 40


def measure() -> list[Measurement]:
    """Seconds from pressing the button to the files."""
    from tests import factories
    from tests.judging.making import Scene, make_entry

    with empty_application() as app, app.app_context():
        office = factories.make_office()
        schools = [factories.make_school(office, f"第{number}小学") for number in range(SCHOOLS)]
        contest = factories.make_contest(office)
        staff = factories.make_account("office", office=office)
        scene = Scene(office, contest, staff, schools)
        given = AwardList(
            contest_id=contest.id, category_id=scene.category().id, version=1, state="approved", made_at=now()
        )
        factories.made(given)
        for number in range(COUNT):
            school = schools[number % SCHOOLS]
            pupil = factories.make_student(school, f"学生{number}", born=date(2006, 1, 1) + timedelta(days=number))
            entry = make_entry(scene, school, student=pupil)
            db.session.add(AwardLine(award_list_id=given.id, entry_id=entry.id, award="一等奖", position=number))
        db.session.commit()

        def issue() -> None:
            issuing.issue_certificates(staff, contest.id)

        def make_files() -> None:
            prints.ask_for_print(staff, contest.id, "https://contest.example.org", anew=True)
            run_all()

        return [
            timed(f"{COUNT} certificates: numbers given", issue, repeats=1, warm=False),
            timed(f"{COUNT} certificates: signed PDFs, ZIP by school, one file to print", make_files, limit=60, repeats=1, warm=False),
        ]  # fmt: skip
