"""An awarded category: works of two schools with authors and tutors, an approved list of awards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.jobs import run_all
from contest_portal.entries.models import Author, Entry
from contest_portal.people.models import School, Student, Teacher
from contest_portal.results.awards.models import AwardLine, AwardList, MeritAward, SpecialAward
from contest_portal.results.certificates.models import Certificate, OfficeSigningKey
from contest_portal.results.certificates.services import issuing, prints, revoking
from contest_portal.results.certificates.signing import SigningKey, make_key, to_pem
from tests.factories import made, make_account, make_contest, make_office, make_school, make_student, make_teacher
from tests.judging.making import Scene, make_entry

ADDRESS = "https://contest.example.org"


@cache
def office_key() -> SigningKey:
    """Made once: it takes a second."""
    return make_key("甘州区科学技术协会", now())


class AwardedWorld:
    """Four paintings, two of each school: 一等奖, 二等奖, 三等奖, and one without an award."""

    def __init__(
        self, names: Sequence[str] = ("张晓明", "王小红", "赵小刚", "孙无奖"), *, has_key: bool = True
    ) -> None:
        self.office = make_office()
        self.schools: list[School] = [make_school(self.office), make_school(self.office, "东街小学")]
        self.contest = make_contest(self.office)
        self.category: Category = next(one for one in self.contest.categories if one.code == "KH")
        self.staff: Actor = make_account(Role.OFFICE, office=self.office, name="王干事")
        self.leader: Actor = make_account(Role.LEADER, office=self.office, name="赵主席")
        self.managers = [make_account(Role.SCHOOL_MANAGER, school=school) for school in self.schools]
        self.tutor: Teacher = make_teacher(self.schools[0], "李老师")
        self.teacher: Actor = make_account(Role.TEACHER, school=self.schools[0], teacher=self.tutor)
        self.pupils: list[Student] = [make_student(self.schools[n % 2], name) for n, name in enumerate(names)]
        scene = Scene(self.office, self.contest, self.staff, self.schools)
        self.entries: list[Entry] = [
            make_entry(
                scene,
                self.schools[n % 2],
                student=pupil,
                title=f"火星医院{n + 1}",
                tutor=self.tutor if n == 0 else None,
            )
            for n, pupil in enumerate(self.pupils)
        ]
        self.give(["一等奖", "二等奖", "三等奖", ""])
        if has_key:
            private, certificate, _chain = to_pem(office_key())
            values = {"certificate": certificate, "private_key": private, "made_at": now()}
            made(OfficeSigningKey(office_id=self.office.id, **values))

    def give(self, awards: Sequence[str]) -> None:
        """Approve a new version of the award list."""
        version = 1
        for old in db.session.query(AwardList).filter_by(category_id=self.category.id):
            old.state, version = "superseded", old.version + 1
        given = made(award_list(self.contest.id, self.category.id, version))
        for position, (entry, award) in enumerate(zip(self.entries, awards, strict=True), start=1):
            made(award_line(given.id, entry.id, award, position))

    def give_special(self, entry: Entry, name: str) -> SpecialAward:
        values = {"name": name, "sponsor": "科技馆", "reason": "选题有新意", "recorded_at": now()}
        return made(SpecialAward(contest_id=self.contest.id, entry_id=entry.id, **values))

    def give_merits(self) -> None:
        """The tutor is a 优秀科技辅导员, the second school has the 优秀组织奖."""
        values = {"contest_id": self.contest.id, "points": "5", "terms": [], "confirmed_at": now()}
        made(MeritAward(award="优秀科技辅导员", teacher_id=self.tutor.id, **values))
        made(MeritAward(award="优秀组织奖", school_id=self.schools[1].id, **values))

    def add_author(self, entry: Entry, name: str) -> None:
        pupil = make_student(self.schools[0], name)
        made(Author(entry_id=entry.id, student_id=pupil.id, position=len(entry.authors) + 1))
        db.session.expire_all()

    def issue(self, *kinds: str) -> list[Certificate]:
        """Give the certificates and make their files."""
        issued = issuing.issue_certificates(self.staff, self.contest.id, kinds or ("author", "tutor"))
        self.make_files()
        return [db.session.get_one(Certificate, row_id) for row_id in issued.certificate_ids]

    def revoke(self, certificate_id: int, why: str) -> Certificate:
        """Take a certificate away, as two people."""
        revoking.propose_revocation(self.staff, certificate_id, why)
        return revoking.confirm_revocation(self.leader, certificate_id)

    def make_files(self, **how: bool) -> None:
        prints.ask_for_print(self.staff, self.contest.id, ADDRESS, **how)
        run_all()


def award_list(contest_id: int, category_id: int, version: int = 1) -> AwardList:
    """An approved list."""
    return AwardList(contest_id=contest_id, category_id=category_id, version=version, state="approved", made_at=now())


def award_line(award_list_id: int, entry_id: int, award: str, position: int) -> AwardLine:
    """A line that gives the award, or none."""
    state = "given" if award else "none"
    return AwardLine(award_list_id=award_list_id, entry_id=entry_id, award=award, position=position, state=state)
