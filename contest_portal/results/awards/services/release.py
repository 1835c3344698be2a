"""What schools see of the awards, and from when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import local, now
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.results.awards.models import ResultRelease
from contest_portal.results.awards.queries.release import readers_of, release_of

OWN_PAGE = "/school/results"


def set_release(
    actor: Actor,
    contest_id: int,
    seen_version: int,
    released_at: datetime,
    *,
    rank: bool,
    score: bool,
    comments: bool,
    at_once: bool = False,
    why: str = "",
) -> ResultRelease:
    """Set from when the contest's schools see their results, and which parts.

    Schools and teachers with works in it are told the moment, and again when it is moved.

    `at_once`: a moment that is over already is meant. `why`: the reason for taking back what schools see, recorded. Raises
    Stale, and Invalid where one of the two is missing.
    """
    parts = {"rank": rank, "score": score, "comments": comments}
    with unit_of_work(actor, "results.set_release") as work:
        contest = locked(Contest, contest_id)
        row = release_of(contest_id)
        if (row.version if row else 0) != seen_version:
            raise Stale(N_("您打开此页之后，别人又保存了成绩发布设置。请核对后再保存。"))
        if row is None or row.released_at > now():
            if released_at <= now() and not at_once:
                raise _in_the_past(released_at)
        elif (released_at > now() or _fewer(_parts(row), parts)) and not why.strip():
            raise _takes_back(row.released_at)
        before = _told(row.released_at, _parts(row)) if row else {}
        is_moved = row is None or row.released_at != released_at
        if row is None:
            row = ResultRelease(contest_id=contest_id, version=0)
            work.session.add(row)
        row.released_at, row.version = released_at, row.version + 1
        row.shows_rank, row.shows_score, row.shows_comments = rank, score, comments
        row.saved_by, row.saved_at = actor.account_id, now()
        work.session.flush()
        work.record(contest, before=before, after=_told(released_at, parts), why=why.strip())
        if is_moved:
            notify(work, readers_of(contest_id), _notice(contest.name, released_at), url=OWN_PAGE)
    return row


def _notice(contest_name: str, released_at: datetime) -> Message:
    if released_at <= now():
        return Message.of(N_("%(contest)s的评审结果已经发布"), contest=contest_name)
    at = f"{local(released_at):%Y-%m-%d %H:%M}"
    return Message.of(N_("%(contest)s的评审结果将于 %(at)s 发布"), contest=contest_name, at=at)


def _in_the_past(moment: datetime) -> Invalid:
    words = N_(
        "%(at)s 已经过去，保存后各学校马上就能看到评审结果。确实要马上发布的，请勾选后再保存；日期填错的，请改正。"
    )
    return Invalid("results.release_past", Message.of(words, at=f"{local(moment):%Y-%m-%d %H:%M}"), field="at_once")


def _takes_back(since: datetime) -> Invalid:
    words = N_(
        "评审结果已从 %(at)s 起向学校公开。推迟发布或减少内容，学校已经看到的会看不到，请写明原因，原因会留下记录。"
    )
    return Invalid("results.release_taken_back", Message.of(words, at=f"{local(since):%Y-%m-%d %H:%M}"), field="why")


def _parts(row: ResultRelease) -> dict[str, bool]:
    return {"rank": row.shows_rank, "score": row.shows_score, "comments": row.shows_comments}


def _fewer(before: dict[str, bool], after: dict[str, bool]) -> bool:
    return any(is_on and not after[name] for name, is_on in before.items())


def _told(moment: datetime, parts: dict[str, bool]) -> dict[str, Any]:
    """A release as the audit keeps it."""
    return {"release": moment.isoformat(), "parts": [name for name, is_on in parts.items() if is_on]}
