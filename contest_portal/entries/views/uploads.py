"""What pages show of files on their way; importing it lets uploads come into entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from contest_portal.core import kept_messages
from contest_portal.core.i18n import translate
from contest_portal.core.permissions import current_actor
from contest_portal.entries import upload_target
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.late_uploads import arrives_until, may_still_arrive
from contest_portal.entries.queries.timing import can_be_submitted_late
from contest_portal.entries.queries.uploads import Coming, Refused, coming_and_refused, is_moving

__all__ = ["Arriving", "arriving_at", "refused_words", "upload_target"]


@dataclass(frozen=True)
class Arriving:
    """What an entry's page says of files on their way. `own`: a sentence for each of the reader's own, which can be gone
    on with here; `others`: for those that somebody else is sending; `refused`: sentences; `may_come_until`: the end of
    the extra time, when the entry's own time is over; `submit_until`: until when it may be submitted because of it;
    `minutes`: how many that is."""

    own: list[str]
    others: list[str]
    refused: list[str]
    may_come_until: datetime | None
    submit_until: datetime | None
    minutes: int


def arriving_at(entry: Entry) -> Arriving:
    """What is on its way into the entry as its page shows it to the actor; one statement."""
    account = current_actor().account_id
    coming, refused = coming_and_refused(entry)
    late = may_still_arrive(entry, coming)
    return Arriving(
        own=[_own_line(one) for one in coming if one.account_id == account],
        others=[_line(one) for one in coming if one.account_id != account and is_moving(one)],
        refused=[refused_words(one) for one in refused],
        may_come_until=arrives_until(entry) if late else None,
        submit_until=entry.late_upload_until if can_be_submitted_late(entry) else None,
        minutes=current_app.config["SETTINGS"].upload_submit_minutes,
    )


def _own_line(one: Coming) -> str:
    if one.is_whole:
        return _("「%(name)s」已经传完，正在检查", name=one.name)
    return _("「%(name)s」还没有传完，已传 %(percent)s%%", name=one.name, percent=one.percent)


def _line(one: Coming) -> str:
    if one.is_whole:
        return _("「%(name)s」已经传完，正在检查", name=one.name)
    return _("「%(name)s」正由本校另一位老师上传，已传 %(percent)s%%", name=one.name, percent=one.percent)


def refused_words(one: Refused) -> str:
    """Why a file was not taken."""
    if one.problem is None:
        return _("「%(name)s」没有检查完，没有收下，请重新上传。", name=one.name)
    why = translate(kept_messages.kept(one.problem))
    if f"「{one.name}」" in why:  # most reasons begin with the file's name
        return _("上次传的文件没有收下：%(why)s", why=why)
    return _("上次传的「%(name)s」没有收下：%(why)s", name=one.name, why=why)
