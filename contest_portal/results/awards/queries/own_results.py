"""What became of a school's own works, as far as the office released it; before the moment nothing of it is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.i18n import translate
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.judging.models import Assignment, Ranking, Round, ScoreSheet
from contest_portal.results.awards.models import AwardLine, AwardList, ResultRelease, SpecialAward
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.quotas.allocation.reasons import BY_FLOOR
from contest_portal.results.records.models import ExternalResult

BY_FLOOR_TOLD = N_("第 %(rank)s 名，因「%(row)s」应不少于 %(least)s 件而入选，先于名次在前的 %(count)s 件")
ENTRY_NUMBER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,13}(?:-[A-Za-z0-9]+)*-\d{3,6}", re.ASCII)
"""A work's number in words that the committee wrote."""

CASE_MARK = "-YY-"
"""In the number of a case about an objection, which is no work's."""


@dataclass(frozen=True)
class OwnResult:
    """One work of the school. `state`: its screening. `above`: awards of upper contests. The rest
    is None or empty where it was not released."""

    entry_id: int
    number: str
    title: str
    category: str
    state: str
    is_released: bool
    award: str = ""
    award_reason: str = ""
    special: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    listed: str | None = None
    list_reason: str = ""
    rank: int | None = None
    score: float | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnContest:
    """A contest with the school's works. `released_at`: the moment, None where none is set."""

    contest: Contest
    released_at: datetime | None
    is_released: bool
    shows_rank: bool
    shows_score: bool
    shows_comments: bool
    works: tuple[OwnResult, ...]


def own_results(actor: Actor) -> list[OwnContest]:
    """The works that the actor's school handed in, a teacher's own ones, newest contest first. At most ten statements."""
    entries = db.session.scalars(_own_entries(actor)).all()
    contests = {entry.contest_id: entry.contest for entry in entries}
    releases = {
        row.contest_id: row
        for row in db.session.scalars(select(ResultRelease).where(ResultRelease.contest_id.in_(contests)))
    }
    # Only what may be shown is read at all.
    open_ids = [one for one, row in releases.items() if row.released_at <= now()]
    released = [entry.id for entry in entries if entry.contest_id in open_ids]
    reasons = {entry.id for entry in entries if entry.contest_id in open_ids and releases[entry.contest_id].shows_rank}
    scored = {entry.id for entry in entries if entry.contest_id in open_ids and releases[entry.contest_id].shows_score}
    own = {entry.number for entry in entries}
    standing = [entry.id for entry in entries if entry.contest_id in open_ids and entry.state == "accepted"]
    awards, listed, special = _awards(released, own), _listed(standing, own), _special(standing)
    above = _above([entry.id for entry in entries])
    standings = _standings([entry for entry in entries if entry.id in reasons | scored])
    comments = _comments([e.id for e in entries if e.contest_id in open_ids and releases[e.contest_id].shows_comments])
    found = []
    for contest_id, contest in contests.items():
        works = []
        for entry in entries:
            if entry.contest_id != contest_id:
                continue
            award, award_reason, is_cancelled = awards.get(entry.id, ("", "", False))
            decision, list_reason = listed.get(entry.id, (None, ""))
            rank, score = standings.get(entry.id, (None, None))
            tells = entry.id in reasons
            works.append(
                OwnResult(
                    entry_id=entry.id,
                    number=entry.number or "",
                    title=entry.title,
                    category=entry.category.name,
                    state=entry.state,
                    is_released=contest_id in open_ids,
                    award=award,
                    award_reason=award_reason if tells or is_cancelled else "",
                    special=special.get(entry.id, ()),
                    above=above.get(entry.id, ()),
                    listed=decision,
                    list_reason=list_reason if tells else "",
                    rank=rank if tells else None,
                    score=score if entry.id in scored else None,
                    comments=comments.get(entry.id, ()),
                )
            )
        row = releases.get(contest_id)
        found.append(
            OwnContest(
                contest,
                row.released_at if row else None,
                contest_id in open_ids,
                bool(row and row.shows_rank),
                bool(row and row.shows_score),
                bool(row and row.shows_comments),
                tuple(works),
            )
        )
    return found


def _own_entries(actor: Actor) -> Select[Entry]:
    statement = (
        select(Entry)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Entry.school_id == actor.school_id, Entry.state != "draft", ~Contest.is_practice)
        .options(joinedload(Entry.contest), joinedload(Entry.category))
        .order_by(Contest.year.desc(), Contest.id.desc(), Entry.category_id, Entry.number)
    )
    if actor.role is Role.SCHOOL_MANAGER:
        return statement
    tutored = exists().where(Tutor.entry_id == Entry.id, Tutor.teacher_id == (actor.teacher_id or 0))
    made = exists().where(Author.entry_id == Entry.id, Author.teacher_id == (actor.teacher_id or 0))
    return statement.where(or_(Entry.created_by == actor.account_id, tutored, made))


def _awards(ids: Sequence[int], own: Collection[str | None]) -> dict[int, tuple[str, str, bool]]:
    """Work → (award, why, whether it was cancelled: that is told whatever else was released, also of a withdrawn work)."""
    rows = db.session.scalars(
        select(AwardLine)
        .join(AwardList, AwardList.id == AwardLine.award_list_id)
        .join(Entry, Entry.id == AwardLine.entry_id)
        .where(
            AwardLine.entry_id.in_(ids),
            AwardList.state == "approved",
            or_(Entry.state == "accepted", AwardLine.state == "cancelled"),
        )
    )
    return {
        row.entry_id: (
            row.award if row.state == "given" else "",
            _told(row.cancelled_why, {}, own)
            if row.state == "cancelled"
            else _told(row.reason, row.reason_params, own),
            row.state == "cancelled",
        )
        for row in rows
    }


def _special(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for entry_id, name in db.session.execute(
        select(SpecialAward.entry_id, SpecialAward.name)
        .where(SpecialAward.entry_id.in_(ids), SpecialAward.cancelled_at.is_(None))
        .order_by(SpecialAward.id)
    ):
        found[entry_id] = (*found.get(entry_id, ()), name)
    return found


def _above(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Awards of upper contests, which are public there: they wait for no release here."""
    found: dict[int, tuple[str, ...]] = {}
    for entry_id, contest, award in db.session.execute(
        select(ExternalResult.entry_id, ExternalResult.contest_name, ExternalResult.award)
        .where(ExternalResult.entry_id.in_(ids))
        .order_by(ExternalResult.year, ExternalResult.id)
    ):
        if entry_id is not None:
            found[entry_id] = (*found.get(entry_id, ()), f"{contest} {award}")
    return found


def _listed(ids: Sequence[int], own: Collection[str | None]) -> dict[int, tuple[str | None, str]]:
    rows = db.session.scalars(
        select(ShortlistLine)
        .join(Shortlist, Shortlist.id == ShortlistLine.shortlist_id)
        .where(ShortlistLine.entry_id.in_(ids), Shortlist.state == "approved")
    )
    return {row.entry_id: (row.decision, _told(row.reason, row.reason_params, own)) for row in rows}


def _told(reason: str, params: Mapping[str, Any], own: Collection[str | None]) -> str:
    """A reason as a school reads it: without numbers of works but its `own`."""
    if reason == BY_FLOOR:
        reason, params = BY_FLOOR_TOLD, {key: value for key, value in params.items() if key != "names"}
    words = translate(Message(reason, dict(params)))
    return ENTRY_NUMBER.sub(
        lambda found: found[0] if found[0] in own or CASE_MARK in found[0] else _("（其他作品）"), words
    )


def _standings(entries: Sequence[Entry]) -> dict[int, tuple[int | None, float | None]]:
    """Rank and score of the newest ranking over the whole category."""
    rows = db.session.scalars(
        select(Ranking)
        .join(Round, Round.id == Ranking.round_id)
        .where(
            Ranking.category_id.in_({entry.category_id for entry in entries}),
            Ranking.stage_code == "",
            Round.state == "ranked",
        )
        .order_by(Ranking.created_at, Ranking.id)
    )
    newest = {row.category_id: row for row in rows}
    own = {entry.id for entry in entries}
    return {
        line["entry_id"]: (line.get("rank"), line.get("score"))
        for row in newest.values()
        for line in row.lines
        if line["entry_id"] in own
    }


def _comments(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The judges' words to the entrants, without names, of rounds that are ranked."""
    found: dict[int, tuple[str, ...]] = {}
    for entry_id, words in db.session.execute(
        select(Assignment.entry_id, ScoreSheet.comment)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Assignment.entry_id.in_(ids),
            Assignment.state == "submitted",
            ScoreSheet.is_current,
            ScoreSheet.comment != "",
            Round.state == "ranked",
        )
        .order_by(Round.id, ScoreSheet.id)
    ):
        found[entry_id] = (*found.get(entry_id, ()), words)
    return found
