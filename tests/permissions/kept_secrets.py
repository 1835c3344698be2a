"""What the walks look for: rows of another district, sheets with words of their own, whose names judges may not meet.

`forbidden` says for each who asks which words no answer may hold. It is written from the rules in matrix/README.txt, not
from what the program answers.
"""

from __future__ import annotations

from sqlalchemy import exists, select

from contest_portal.contests.models import Contest
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.entries.services.submission import submit_entry
from contest_portal.judging.models import Judge, Round, ScoreSheet
from contest_portal.judging.services import progress, rankings, sheets
from contest_portal.people.models import Office, School, Teacher
from contest_portal.results.awards.models import ResultRelease
from tests import factories
from tests.entries import entry_factories as entries
from tests.judging import making
from tests.permissions.matrix import ASKING
from tests.permissions.scene import JUDGE, PUPIL, SECRETS
from tests.permissions.site import Site
from tests.permissions.test_matrix import OUTSIDE
from tests.permissions.test_no_numbers import NUMBERS

FOREIGN = ("临泽的水车模型", "吴外区")
"""A submitted work of the other district and its author: nothing of it was handed up."""
JUDGES = ("评委本人", "评委同区")
TO_AUTHORS = {one: f"{one}说色彩层次分明" for one in JUDGES}
TO_THE_PANEL = {one: f"{one}说构图似曾相识" for one in JUDGES}
"""The comments of the sheet that each submitted."""
CATEGORY = "CG"
JUDGED = ("东街小学", "孙东街", "他校老师")
"""School, author and tutor of the work that both marked: the school that neither is related to."""
AUTHORS = ("张晓明", PUPIL, "西关小学", "本人老师", *JUDGED)
"""Who a blind round keeps from its judges: authors, their school, their tutor."""
WHOLE = tuple(NUMBERS[name] for name in ("child", "guardian", "teacher", "phone"))
"""Numbers of the pupil and the teacher, which nobody gets by an address."""
OFFICE = tuple(role + "本级" for role in ("工作人员", "领导", "监督员"))
OF_THE_WORK = ("教师他校", "管理员他校")
"""Its school reads what was written for authors, once that is released."""
SCHOOLS = tuple(column for column in ASKING if column.startswith(("教师", "管理员")))
OPEN_NUMBERS = ("管理员本校", "工作人员本级")
"""Who may open a whole number, by sending a form for it."""


def plant(site: Site) -> None:
    """Add the rows to the site's scene and keep them."""
    with site.app.app_context():
        _foreign_work(site)
        _sheets(site)
        db.session.commit()
    site.keep()


def forbidden(site: Site, column: str, method: str, address: str) -> set[str]:
    """Words that `column` may read in no answer to that request, in whatever state the rows are."""
    found = set() if method != "GET" and column in OPEN_NUMBERS else set(WHOLE)
    if not column.endswith("外区") or column == "评委外区":
        found |= set(FOREIGN)
    if column in OUTSIDE:
        found |= set(SECRETS)
    if column in SCHOOLS or column == "评委同区":
        found.add(JUDGE)
    if column not in OFFICE:
        found |= {words for judge, words in TO_THE_PANEL.items() if judge != column}
        if column not in OF_THE_WORK or not _is_released(site):
            found |= {words for judge, words in TO_AUTHORS.items() if judge != column}
    if column.startswith("评委") and _is_judging(address):
        found |= set(AUTHORS)
    return found


def _is_judging(address: str) -> bool:
    """A judge's pages about works; relations are to schools by name."""
    return address.startswith("/judge") and not address.startswith(("/judge/relations", "/judge-"))


def _is_released(site: Site) -> bool:
    """Whether schools may read comments by now: somebody may have released them in the walk."""
    with site.app.app_context():
        row = select(exists().where(ResultRelease.shows_comments, ResultRelease.released_at <= now()))
        found = bool(db.session.scalar(row))
        db.session.remove()
        return found


def sheet_addresses(site: Site) -> list[str]:
    """The pages of the two tasks with a sheet, each its judge's own."""
    with site.app.app_context():
        rows = select(ScoreSheet.assignment_id).where(ScoreSheet.comment.in_(TO_AUTHORS.values()))
        found = [f"/judge/tasks/{task}" for task in db.session.scalars(rows)]
        db.session.remove()
    return found


def _foreign_work(site: Site) -> None:
    teacher, manager, staff = (site.scene.people[one] for one in ("教师外区", "管理员外区", "工作人员外区"))
    assert teacher is not None
    assert manager is not None
    assert staff is not None
    row = db.session.get_one(Teacher, teacher.teacher_id)
    school = db.session.get_one(School, teacher.school_id)
    office = db.session.get_one(Office, school.office_id)
    child = factories.make_student(school, FOREIGN[1])
    factories.make_consent(child)
    contest = factories.make_contest(office)
    place = entries.Place(office, contest, school, manager, row, teacher, staff, child)
    draft = entries.make_painting(place, title=FOREIGN[0])
    submit_entry(teacher, draft.id, draft.version)


def _sheets(site: Site) -> None:
    """A ranked blind round whose one work both judges have marked and commented on: what could be released."""
    staff, tutor = site.scene.people["工作人员本级"], site.scene.people["教师他校"]
    assert staff is not None
    assert tutor is not None
    row = db.session.get_one(Teacher, tutor.teacher_id)
    school = db.session.get_one(School, tutor.school_id)
    assert (school.name, JUDGED[1], row.name) == JUDGED
    contest = db.session.get_one(Contest, site.scene.values["contest_id"])
    scene = making.Scene(db.session.get_one(Office, school.office_id), contest, staff, [school])
    child = factories.make_student(school, JUDGED[1])
    making.make_entry(scene, school, category=CATEGORY, title="会响的风筝", student=child, tutor=row)
    for column in JUDGES:
        account = site.scene.people[column]
        assert account is not None
        scene.judges.append(db.session.query(Judge).filter_by(account_id=account.account_id).one())
    running = making.open_round(scene, reads=2, codes=(CATEGORY,))
    for column, judge in zip(JUDGES, scene.judges, strict=True):
        (task,) = making.tasks_of(running, judge)
        half = {one.code: one.max_points / 2 for one in scene.category(CATEGORY).rules.criteria}
        words = TO_AUTHORS[column], TO_THE_PANEL[column]
        sheets.submit_sheet(scene.actor(judge), task.id, task.version, half, *words)
    running = db.session.get_one(Round, running.id)
    progress.close_round(staff, running.id, running.version)
    rankings.rank_round(staff, running.id, method="raw")
