"""When and where an entry is to be presented, for its own pages."""

from __future__ import annotations

from flask_babel import gettext as _

from contest_portal.core.i18n import minute
from contest_portal.entries.entry_notes import EntryNote, provide_notes
from contest_portal.judging.queries.interviews import interviews_of_entry


@provide_notes
def interview_notes(entry_id: int) -> list[EntryNote]:
    """A note for each round in which the order has been made known."""
    return [
        EntryNote(
            _("问辩安排：%(round)s", round=one.round_name),
            [
                (_("时间"), _("%(at)s，约 %(minutes)s 分钟", at=minute(one.starts_at), minutes=one.minutes)),
                (_("地点"), one.place),
                (_("顺序"), _("第 %(position)s 个", position=one.position)),
                (_("请注意"), _("请提前 10 分钟到场。时间有变动的，会在「消息」中通知。")),
            ],
            "calendar-event",
        )
        for one in interviews_of_entry(entry_id)
    ]
