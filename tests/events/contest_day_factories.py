"""A contest day for tests: an office, two schools with people, a group, teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.events.contest_days.models import ContestGroup, Team
from contest_portal.events.contest_days.services import groups, lots, runs, teams
from contest_portal.events.planning.models import Event
from contest_portal.people.models import Office, School, Student, Teacher
from tests import factories
from tests.events.factories import make_event, moment


@dataclass
class Day:
    """The contest day and who is there. `pupils`, `coaches`: each school's, by its name."""

    office: Office
    event: Event
    group: ContestGroup
    staff: Actor
    helper: Actor
    leader: Actor
    clock: MovingClock
    schools: dict[str, School] = field(default_factory=dict)
    managers: dict[str, Actor] = field(default_factory=dict)
    coaches: dict[str, list[Teacher]] = field(default_factory=dict)
    pupils: dict[str, list[Student]] = field(default_factory=dict)

    def team(self, school: str, name: str, pupils: list[int], coach: int = 0, **values: Any) -> Team:
        """Enter a team of these pupils (places in `pupils`)."""
        chosen = [self.pupils[school][one].id for one in pupils]
        data = teams.TeamData(name, self.coaches[school][coach].id, chosen)
        return teams.register_team(self.managers[school], values.pop("group", self.group).id, data)

    def draw(self, seed: int = 7, **values: Any) -> None:
        """Registration closes, and the order is drawn."""
        assert self.event.booking_closes_at
        self.clock.move_to(self.event.booking_closes_at + timedelta(seconds=1))
        group = values.pop("group", self.group)
        lots.draw_group(self.staff, group.id, group.version, seed=seed, **values)

    def type(self, team: Team, number: int, score: str, time: str = "", **values: Any) -> None:
        """Staff types one run."""
        row = runs.RunData(team.id, values.pop("outcome", "ran"), score, time, **values)
        runs.type_runs(self.staff, team.group_id, number, [row])


def make_day(clock: MovingClock, **group: Any) -> Day:
    """A public contest day whose registration is open, with a group of two tables and two runs."""
    office = factories.make_office()
    event = make_event(
        office, "2018年甘州区青少年机器人竞赛", kind="contest_day", venue="甘州中学体育馆",
        booking_opens_at=now() - timedelta(days=1), booking_closes_at=now() + timedelta(days=10),
    )  # fmt: skip
    staff, helper = (
        factories.make_account(Role.OFFICE, office=office, name=name) for name in ("工作人员甲", "工作人员乙")
    )
    leader = factories.make_account(Role.LEADER, office=office, name="领导丙")
    values = {"tables": 2, "runs": 2, "fewest": 1, "most": 3, "stages": ["小学"], **group}
    row = groups.add_group(staff, event.id, groups.GroupData("综合技能 小学组", moment("2018-05-12 09:00"), **values))
    day = Day(office, event, row, staff, helper, leader, clock)
    for name in ("西关小学", "东街小学"):
        school = factories.make_school(office, name)
        day.schools[name] = school
        day.managers[name] = factories.make_account(Role.SCHOOL_MANAGER, school=school)
        day.coaches[name] = [factories.make_teacher(school, f"{who}教练") for who in "赵钱"]
        day.pupils[name] = [factories.make_student(school, f"{who}同学", grade=5) for who in "孙李周吴郑王"]
    return day
