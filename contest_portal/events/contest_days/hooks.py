"""What contest days do when planning changes an event; registered at import."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contest_portal.core.database import Work
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.events.contest_days.models import ContestGroup
from contest_portal.events.contest_days.queries.people import accounts_of_teams
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.signals import event_cancelled


@event_cancelled.connect
def _event_cancelled(event: Event, *, work: Work, why: str, **_more: Any) -> None:
    """The teams' people are told; the teams stay on record."""
    groups = work.session.scalars(select(ContestGroup.id).where(ContestGroup.event_id == event.id)).all()
    accounts = {account for group_id in groups for account in accounts_of_teams(group_id)}
    title = Message.of(N_("「%(event)s」取消了，贵校的队伍不用再来"), event=event.title)
    notify(work, accounts, title, Message.of(N_("原因：%(why)s"), why=why), url="/teams")
