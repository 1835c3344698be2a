"""A guardian has taken the consent back: whoever decides about the pupil's submitted works is told, without names."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.database import Work
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Author, Entry
from contest_portal.people.models import Consent
from contest_portal.people.queries.recipients import staff_of
from contest_portal.people.signals import consent_withdrawn

NOTED = ("submitted", "returned", "accepted")


@consent_withdrawn.connect
def on_consent_withdrawn(consent: Consent, *, work: Work, actor: Actor) -> None:  # noqa: ARG001 signals name them all
    """Tell the staff of the offices whose contests have a work of the pupil. Drafts cannot be submitted any more."""
    rows = work.session.execute(
        select(Entry.id, Entry.number, Contest.office_id, Contest.name)
        .join(Author, Author.entry_id == Entry.id)
        .join(Contest, Contest.id == Entry.contest_id)
        .where(Author.student_id == consent.student_id, Entry.state.in_(NOTED))
        .order_by(Entry.id)
    ).all()
    for row in rows:
        title = Message.of(N_("一件作品的监护人撤回了同意：%(number)s"), number=row.number or "")
        body = Message.of(
            N_("赛事：%(contest)s。作品不再公开展示，公示名单上的姓名已改为「张**」。请与学校核实，决定作品是否退出。"),
            contest=row.name,
        )
        notify(work, staff_of(row.office_id), title, body, url=f"/office/entries/{row.id}")
