"""Judges, rounds, tasks, score sheets and frozen rankings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import Base
from contest_portal.core.sealing import Sealed
from contest_portal.entries.models import Entry
from contest_portal.people.models import Account, School, Student


class Judge(Base):
    """A judge whom an office has called; the account comes with the accepted invitation."""

    __tablename__ = "judge"
    __table_args__ = (
        CheckConstraint("state in ('invited', 'active', 'declined', 'left')", name="state"),
        UniqueConstraint("office_id", "phone_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_digest: Mapped[str | None] = mapped_column(String(64))
    employer: Mapped[str] = mapped_column(String(100), default="")
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    job_title: Mapped[str] = mapped_column(String(50), default="")
    expertise: Mapped[list[Any]]  # category codes and disciplines
    most_tasks: Mapped[int | None]  # in one round, where the round says nothing else
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10), default="invited")
    accepted_at: Mapped[datetime | None]  # the invitation's answer, also before there is an account
    answer_why: Mapped[str] = mapped_column(Text, default="")  # why the judge declined or left
    created_at: Mapped[datetime]

    account: Mapped[Account | None] = relationship()
    school: Mapped[School | None] = relationship()


class ConflictOfInterest(Base):
    """A reason why a judge may not read: one entry, one school's entries, or one person's. Ended, never deleted.

    `source`: who brought it in: the judge, the office, or a matrix that the office imported.
    """

    __tablename__ = "conflict_of_interest"
    __table_args__ = (
        CheckConstraint("kind in ('school', 'tutoring', 'kin', 'relation', 'declared', 'office')", name="kind"),
        CheckConstraint("source in ('judge', 'office', 'matrix')", name="source"),
        Index("ix_conflict_judge", "judge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    kind: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("student.id"))
    why: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(10), default="office")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_why: Mapped[str] = mapped_column(Text, default="")

    judge: Mapped[Judge] = relationship()
    entry: Mapped[Entry | None] = relationship()
    school: Mapped[School | None] = relationship()
    student: Mapped[Student | None] = relationship()


class ConflictOverrule(Base):
    """A leader's written word that a judge may read an entry in one round although a conflict stands."""

    __tablename__ = "conflict_overrule"
    __table_args__ = (UniqueConstraint("round_id", "judge_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    conflict: Mapped[dict[str, Any]]  # the reason that was overruled, as a kept message
    why: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]


class Round(Base):
    """A round of judging over one or several categories: planned → open → closed → ranked.

    A round judges all accepted works of its categories, or those that `source` takes from an earlier round:
    `{"take": "all"}`, `{"take": "top", "count": 20}` of each category and stage group, `{"take": "band"}` near the
    line, `{"take": "chosen"}` by hand (`RoundEntry` holds them). `carry`: how the source's sheets count here: not
    (`restart`), as a weighted mean of both results (`weighted`, `carry_weight` for the earlier one), or as sheets of
    one model together with this round's (`pooled`, a boundary round).
    """

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("state in ('planned', 'open', 'closed', 'ranked')", name="state"),
        CheckConstraint("mode in ('online', 'on_site', 'interview')", name="mode"),
        CheckConstraint("carry in ('restart', 'weighted', 'pooled')", name="carry"),
        CheckConstraint("carry_weight >= 0 and carry_weight < 1", name="carry_weight"),
        CheckConstraint("panels_by in ('none', 'stage', 'discipline', 'free')", name="panels_by"),
        CheckConstraint("link_share >= 0 and link_share <= 1", name="link_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(10), default="planned")
    mode: Mapped[str] = mapped_column(String(10), default="online")
    source_round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    source: Mapped[dict[str, Any]] = mapped_column(default=lambda: {"take": "all"})
    carry: Mapped[str] = mapped_column(String(10), default="restart")
    carry_weight: Mapped[float] = mapped_column(default=0.0)
    reads_per_entry: Mapped[int]
    panels_by: Mapped[str] = mapped_column(String(10), default="none")
    link_share: Mapped[float] = mapped_column(default=0.3)
    calibration_count: Mapped[int] = mapped_column(default=0)  # works of each panel that all its judges score first
    is_blind: Mapped[bool] = mapped_column(default=True)
    shows_others: Mapped[bool] = mapped_column(default=False)  # a judge sees others' scores after submitting the own
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(10), default="raw")
    is_scaled: Mapped[bool] = mapped_column(default=False)  # a factor of each judge's own is taken out, too
    wide_spread: Mapped[float] = mapped_column(default=15.0)  # points from which a work gets a second look
    tie_breaks: Mapped[list[Any]] = mapped_column(default=list)  # in order: "criterion:CODE", "raw", "vote"
    seed: Mapped[int | None]
    plan_facts: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    contest: Mapped[Contest] = relationship()
    source_round: Mapped[Round | None] = relationship(remote_side="Round.id")
    categories: Mapped[list[RoundCategory]] = relationship(cascade="all, delete-orphan", order_by="RoundCategory.id")
    judges: Mapped[list[RoundJudge]] = relationship(cascade="all, delete-orphan", order_by="RoundJudge.id")
    panels: Mapped[list[Panel]] = relationship(cascade="all, delete-orphan", order_by="Panel.position")


class RoundCategory(Base):
    """A category judged in a round, with the rubric of the round: its own one, or the category's as it stood at opening.

    `wanted` counts the places that are to be had: `{"": 26}` in all, or by stage group code.
    """

    __tablename__ = "round_category"
    __table_args__ = (UniqueConstraint("round_id", "category_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    rubric: Mapped[list[Any]]
    wanted: Mapped[dict[str, Any]] = mapped_column(default=dict)

    category: Mapped[Category] = relationship()


class Panel(Base):
    """A group of judges for a part of a round's works. `rule` says which: stage group codes, disciplines, category ids
    (what is missing does not restrict); works placed by hand carry the panel in `RoundEntry`."""

    __tablename__ = "panel"
    __table_args__ = (UniqueConstraint("round_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    name: Mapped[str] = mapped_column(String(50))
    position: Mapped[int]
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RoundJudge(Base):
    """A judge who takes part in a round, for all its categories and panels or some (none named: all).

    `left_at`: the judge takes no new task of this round from then on.
    """

    __tablename__ = "round_judge"
    __table_args__ = (UniqueConstraint("round_id", "judge_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    category_ids: Mapped[list[Any]]
    panel_ids: Mapped[list[Any]] = mapped_column(default=list)
    most_tasks: Mapped[int | None]
    left_at: Mapped[datetime | None]

    judge: Mapped[Judge] = relationship()


class RoundEntry(Base):
    """A work that a round judges, chosen before it opens (source, panel by hand) or written when it opens.

    `reads`: how many judges read it, where that differs from the round; `why` it takes part is a kept message.
    """

    __tablename__ = "round_entry"
    __table_args__ = (UniqueConstraint("round_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    panel_id: Mapped[int | None] = mapped_column(ForeignKey("panel.id"))
    reads: Mapped[int | None]
    is_calibration: Mapped[bool] = mapped_column(default=False)
    why: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    entry: Mapped[Entry] = relationship()


class PlanChange(Base):
    """One assignment or repair of a round, with everything that it was computed from, so that it can be computed again.

    `kind`: the opening's plan, a repair, one task by hand, a conflict. `problem` is the assignment's input as JSON,
    `plan` the pairs `[judge id, entry id]` after the change, `moved` the difference.
    """

    __tablename__ = "plan_change"
    __table_args__ = (
        CheckConstraint("kind in ('opening', 'repair', 'hand', 'conflict')", name="kind"),
        UniqueConstraint("round_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    seed: Mapped[int]
    algorithm: Mapped[str] = mapped_column(String(20))
    problem: Mapped[dict[str, Any]]
    plan: Mapped[list[Any]]
    moved: Mapped[list[Any]]
    why: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]


class Assignment(Base):
    """One task: one judge reads one entry in one round."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("round_id", "judge_id", "entry_id"),
        CheckConstraint("state in ('todo', 'submitted', 'conflict', 'void')", name="state"),
        Index("ix_assignment_judge", "judge_id", "round_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    position: Mapped[int]  # the order in which this judge meets the entries
    state: Mapped[str] = mapped_column(String(10), default="todo")
    assigned_at: Mapped[datetime]
    draft_marks: Mapped[dict[str, Any]]  # criterion code → points, autosaved
    draft_comment: Mapped[str] = mapped_column(Text, default="")
    draft_panel_comment: Mapped[str] = mapped_column(Text, default="")
    draft_saved_at: Mapped[datetime | None]
    draft_stamp: Mapped[str] = mapped_column(String(60), default="")  # judging/save_stamps.py: which page saved last
    first_opened_at: Mapped[datetime | None]
    seconds_spent: Mapped[int] = mapped_column(default=0)  # with the work before the judge, pauses left out
    is_calibration: Mapped[bool] = mapped_column(default=False)
    asks_to_reopen: Mapped[str] = mapped_column(Text, default="")  # the judge's words to the office
    version: Mapped[int] = mapped_column(default=1)

    round: Mapped[Round] = relationship()
    judge: Mapped[Judge] = relationship()
    entry: Mapped[Entry] = relationship()


class ScoreSheet(Base):
    """A submitted sheet. A correction is a new version; the highest version counts.

    `comment` is for the entrant, `panel_comment` for the panel and the office. `client_key` names the act of submitting
    on the judge's device: sent twice, it counts once. `source`: the judge's own page, paper typed in twice, a workbook.
    """

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("assignment_id", "version"),
        UniqueConstraint("assignment_id", "client_key"),
        CheckConstraint("source in ('online', 'paper', 'workbook')", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    marks: Mapped[dict[str, Any]]
    total: Mapped[float]
    comment: Mapped[str] = mapped_column(Text, default="")
    panel_comment: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(10), default="online")
    client_key: Mapped[str | None] = mapped_column(String(40))
    seconds_spent: Mapped[int] = mapped_column(default=0)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime]


class Ranking(Base):
    """The frozen ranking of one category in one round: inputs' hash, method, and every line."""

    __tablename__ = "ranking"
    __table_args__ = (UniqueConstraint("round_id", "category_id", "stage_code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    stage_code: Mapped[str] = mapped_column(String(4), default="")
    version: Mapped[int] = mapped_column(default=1)
    method: Mapped[str] = mapped_column(String(10))
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]]
    lines: Mapped[list[Any]]
    inputs: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # what the lines were computed from, judges and works by number only
    seed: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    category: Mapped[Category] = relationship()
