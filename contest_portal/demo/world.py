"""What the steps of the demo hand on to each other: who acts, and the ids of what was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.demo.files import Workshop
from contest_portal.demo.intake import Intake
from contest_portal.demo.logins import PASSWORD, Login
from contest_portal.demo.people import People, Teacher
from contest_portal.demo.plan import PRACTICE, Plan
from contest_portal.demo.progress import Progress
from contest_portal.demo.schools import SchoolPlan
from contest_portal.demo.works import WorkPlan
from contest_portal.people.models import Account
from contest_portal.people.services.joining import join_with_new_account
from contest_portal.people.sessions import actor_of, visitor


@dataclass
class World:
    """The year as far as it has come."""

    plan: Plan
    clock: MovingClock
    progress: Progress
    workshop: Workshop
    intake: Intake
    schools: Sequence[SchoolPlan]
    people: People
    every_work: Sequence[WorkPlan]
    console: Actor = field(default_factory=console_actor)
    offices: dict[str, int] = field(default_factory=dict)
    staff: list[Actor] = field(default_factory=list)
    leader: Actor = field(default_factory=console_actor)
    school_ids: dict[int, int] = field(default_factory=dict)
    managers: dict[int, Actor] = field(default_factory=dict)
    teacher_ids: dict[int, int] = field(default_factory=dict)
    teachers: dict[int, Actor] = field(default_factory=dict)
    pupil_ids: dict[int, int] = field(default_factory=dict)
    contests: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    entries: dict[int, int] = field(default_factory=dict)
    judges: dict[int, Actor] = field(default_factory=dict)
    logins: list[Login] = field(default_factory=list)

    @property
    def works(self) -> list[WorkPlan]:
        """The entries of the year's two contests."""
        return [work for work in self.every_work if work.contest != PRACTICE]

    @property
    def practice(self) -> list[WorkPlan]:
        """The entries of the contest that stays open to try things out."""
        return [work for work in self.every_work if work.contest == PRACTICE]

    @property
    def office_id(self) -> int:
        """The district's office."""
        return self.offices["district"]

    def go_to(self, moment: datetime) -> None:
        """Move the clock on; never back."""
        if moment > self.clock.now():
            self.clock.move_to(moment)

    def school_named(self, name: str) -> int:
        """The id of the school that the plan calls so."""
        return self.school_ids[next(one.index for one in self.schools if one.name == name)]

    def join(self, code: str, role: Role, *, login_name: str, phone: str = "") -> Actor:
        """Accept an invitation with a new account; gives the account as an actor in that role."""
        account, _ = join_with_new_account(visitor(), code, login_name=login_name, phone=phone, password=PASSWORD)
        return acting(account.id, role)

    def note_login(self, role: str, name: str, place: str, login_name: str, note: str = "") -> None:
        self.logins.append(Login(role, name, place, login_name, note))


def acting(account_id: int, role: Role) -> Actor:
    """The account in its membership of that role."""
    actor = actor_of(db.session.get_one(Account, account_id))
    return actor.acting_in(next(info for info in actor.memberships if info.role is role))


def category_ids(contest_id: int) -> Mapping[str, int]:
    """The contest's categories by code."""
    rows = db.session.execute(select(Category.code, Category.id).where(Category.contest_id == contest_id))
    return {row.code: row.id for row in rows}


def contest_version(contest_id: int) -> int:
    """The contest's version as somebody sees it who opens its page now."""
    return db.session.get_one(Contest, contest_id, populate_existing=True).version


def teacher_login(teacher: Teacher) -> str:
    """A user name by which teachers of the demo are easily told apart."""
    return f"js{teacher.number + 1:03d}"
