"""Contest days: groups, teams, the order drawn by lot, runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.core.database import Base
from contest_portal.events.planning.models import Event
from contest_portal.people.models import School, Student, Teacher


class ContestGroup(Base):
    """A group of a contest day, e.g. 综合技能 小学组: its tables or fields, its runs, how large a team may be.

    The best run counts: the higher score, then the shorter time. `minutes`: of one run with its setting up;
    `pause_minutes`: between one run of all teams and the next. `stages`: of its pupils (小学, …), empty: any.
    `most_a_school`: so many teams of one school at most, None: any number. `seed`, `drawn_at`: the lot by which its
    teams start; `drawing`: what it was drawn from, what came out, and the lots before it with why (drawing_record.py).
    """

    __tablename__ = "contest_group"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        CheckConstraint("tables > 0 and runs > 0 and minutes > 0", name="numbers"),
        CheckConstraint("fewest > 0 and most >= fewest", name="team_size"),
        CheckConstraint("pause_minutes >= 0 and (most_a_school is null or most_a_school > 0)", name="limits"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("event_session.id"))
    name: Mapped[str] = mapped_column(String(50))
    table_word: Mapped[str] = mapped_column(String(10), default="赛台")
    tables: Mapped[int] = mapped_column(default=1)
    runs: Mapped[int] = mapped_column(default=2)
    minutes: Mapped[int] = mapped_column(default=5)
    fewest: Mapped[int] = mapped_column(default=1)
    most: Mapped[int] = mapped_column(default=10)
    most_a_school: Mapped[int | None]
    stages: Mapped[list[Any]] = mapped_column(default=list)
    pause_minutes: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None]
    seed: Mapped[int | None]
    drawn_at: Mapped[datetime | None]
    drawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    drawing: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()


class Team(Base):
    """A school's team in a group, with its coach. `lot`: its place in the order drawn, from 1."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("group_id", "school_id", "name"),
        CheckConstraint("state in ('registered', 'withdrawn')", name="state"),
        Index("ix_team_school", "school_id", "group_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("contest_group.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(50))
    coach_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    state: Mapped[str] = mapped_column(String(10), default="registered")
    lot: Mapped[int | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    group: Mapped[ContestGroup] = relationship()
    school: Mapped[School] = relationship()
    coach: Mapped[Teacher] = relationship()


class TeamMember(Base):
    """A pupil of a team; `once_key`: the event's id while the team is in, so that a pupil is in one team of an event."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "student_id"), UniqueConstraint("once_key", "student_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("student.id"), index=True)
    once_key: Mapped[int | None]

    student: Mapped[Student] = relationship()


class Run(Base):
    """One run of a team: typed by one, confirmed by another. What stood before a change is in RunChange.

    `score` in points, `seconds` the time it took; `outcome`: "ran", "absent" or "stopped" (no score).
    """

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("team_id", "number"),
        CheckConstraint("outcome in ('ran', 'absent', 'stopped')", name="outcome"),
        CheckConstraint("confirmed_by is null or confirmed_by <> typed_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    number: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10), default="ran")
    score: Mapped[float | None] = mapped_column(Numeric(9, 3, asdecimal=False))
    seconds: Mapped[float | None] = mapped_column(Numeric(9, 3, asdecimal=False))
    note: Mapped[str] = mapped_column(String(200), default="")
    typed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    typed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    team: Mapped[Team] = relationship()


class RunChange(Base):
    """What a run said before it was changed, and why."""

    __tablename__ = "run_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    score: Mapped[float | None] = mapped_column(Numeric(9, 3, asdecimal=False))
    seconds: Mapped[float | None] = mapped_column(Numeric(9, 3, asdecimal=False))
    why: Mapped[str] = mapped_column(String(200))
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class GroupResult(Base):
    """A list of a group's results: provisional when somebody listed it, public once a second person published it.

    `lines` are as the public reads them (results_list.py); they are never changed, a correction is another version.
    `withdrawn_at`: it was never published, because a run was changed after it was listed. `note`: what was corrected.
    """

    __tablename__ = "contest_result"
    __table_args__ = (
        UniqueConstraint("group_id", "version"),
        CheckConstraint("published_by is null or published_by <> listed_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("contest_group.id"))
    version: Mapped[int]
    lines: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(String(200), default="")
    listed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    listed_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
