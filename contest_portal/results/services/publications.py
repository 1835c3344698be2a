"""Public lists: drafted from the approved shortlists, published whole, amended only by a new version beside the old."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_
from contest_portal.results.models import Publication, Shortlist
from contest_portal.results.public_list import content_digest, to_content
from contest_portal.results.queries.chosen import public_sections
from contest_portal.results.states import publication_after
from contest_portal.results.working_days import after_working_days

PUBLICATION_WORKING_DAYS = 5


def draft_publication(
    actor: Actor, contest_id: int, title: str, text: str = "", open_until: date | None = None, amendment_note: str = ""
) -> Publication:
    """Draft the next version of the contest's public list from its approved shortlists.

    `open_until`: the last day for objections; five working days from today when not given. Where a version is public
    already, `amendment_note` must say what changed and why. Replaces an earlier draft.
    """
    if not title.strip():
        raise Invalid("results.no_title", N_("请填写公示标题。"), field="title")
    with unit_of_work(actor, "results.draft_publication") as work:
        contest = locked(Contest, contest_id)
        shortlist_ids = list(
            work.session.scalars(
                select(Shortlist.id)
                .where(Shortlist.contest_id == contest_id, Shortlist.state == "approved")
                .order_by(Shortlist.id)
            )
        )
        if not shortlist_ids:
            raise Conflict("results.nothing_approved", N_("还没有审定的推荐名单，暂不能公示。"))
        if _public(work, contest_id) is not None and not amendment_note.strip():
            raise Invalid(
                "results.no_note", N_("名单已经公示过，请写明更正了什么、为什么更正。"), field="amendment_note"
            )
        content = to_content(public_sections(contest_id))
        draft = work.session.scalar(
            select(Publication).where(Publication.contest_id == contest_id, Publication.state == "draft")
        )
        if draft is None:
            last = work.session.scalar(
                select(func.max(Publication.version)).where(Publication.contest_id == contest_id)
            )
            draft = Publication(contest_id=contest_id, version=(last or 0) + 1)
            work.session.add(draft)
        draft.title, draft.text, draft.amendment_note = title.strip(), text.strip(), amendment_note.strip()
        draft.content, draft.content_sha256 = content, content_digest(content)
        draft.shortlist_ids = shortlist_ids
        draft.open_until = open_until or after_working_days(today(), PUBLICATION_WORKING_DAYS)
        draft.made_by, draft.made_at = actor.account_id, now()
        work.record(
            draft,
            after={"contest": contest.id, "version": draft.version, "list": draft.content_sha256},
            why=draft.amendment_note,
        )
    return draft


def publish_list(actor: Actor, publication_id: int, seen_sha256: str) -> Publication:
    """Publish a draft exactly as it was seen; the version that was public stays readable as amended.

    Raises Conflict when the shortlists have moved on since the draft was made, or when it is public already.
    """
    with unit_of_work(actor, "results.publish_list") as work:
        publication = locked(Publication, publication_id)
        state = publication_after("publish", publication.state)
        if state is None:
            raise Conflict("results.published_already", N_("这份名单已经公示，不必重复操作。"))
        if publication.content_sha256 != seen_sha256:
            raise Conflict("results.draft_changed", N_("公示稿在您查看之后有改动，请重新核对后再公示。"))
        if is_outdated(publication):
            raise Conflict("results.draft_outdated", N_("推荐名单在生成公示稿之后有变化，请重新生成公示稿。"))
        before = _public(work, publication.contest_id)
        if before is not None:
            before.state = publication_after("amend", before.state) or before.state
        publication.state, publication.published_by, publication.published_at = state, actor.account_id, now()
        work.record(
            publication,
            before={"public_version": before.version if before else None},
            after={"state": state, "version": publication.version, "list": publication.content_sha256},
            why=publication.amendment_note,
        )
    return publication


def is_outdated(publication: Publication) -> bool:
    """Whether a draft no longer says what the approved lists say."""
    if publication.state != "draft":
        return False
    return content_digest(to_content(public_sections(publication.contest_id))) != publication.content_sha256


def default_title(contest: Contest) -> str:
    """What a recommendation list of the contest is usually called."""
    return _("%(contest)s推荐名单公示", contest=contest.name)


def _public(work: Work, contest_id: int) -> Publication | None:
    row: Publication | None = work.session.scalar(
        select(Publication).where(Publication.contest_id == contest_id, Publication.state == "public")
    )
    return row
