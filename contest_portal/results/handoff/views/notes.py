"""What hand-offs tell on a work's own pages: how it fared above, that it came back, that its sender withdrew it."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from contest_portal.core.i18n import minute
from contest_portal.entries.entry_notes import EntryNote, provide_notes
from contest_portal.entries.states import state_name
from contest_portal.results.handoff.queries.above import results_above
from contest_portal.results.handoff.queries.corrections import return_of
from contest_portal.results.handoff.queries.recalls import recall_of


@provide_notes
def note_from_above(entry_id: int) -> list[EntryNote]:
    """The awards and the state that came back from above, or were entered by hand; nothing before that."""
    above = results_above(entry_id)
    facts = [(one.contest_name, one.award) for one in above.awards]
    if above.state:
        facts.append((_("上级审核"), _(state_name(above.state))))
    return [EntryNote(_("上级结果"), facts, "award")] if facts else []


@provide_notes
def return_notes(entry_id: int) -> list[EntryNote]:
    """On the work's own pages: that it came back from above, why, and where files are put right."""
    returned = return_of(entry_id)
    if returned is None:
        return []
    facts = [(_("退回原因"), returned.why or "—")]
    if returned.until is not None:
        facts.append((_("更正截止日期"), minute(returned.until)))
    link = (_("更换文件"), url_for("results.returned_work", entry_id=entry_id))
    return [EntryNote(_("上级退回更正"), facts, "arrow-return-left", link)]


@provide_notes
def recall_note(entry_id: int) -> list[EntryNote]:
    """On the pages of an accepted work here: that its sender has withdrawn it, and where to deal with it."""
    one = recall_of(entry_id)
    if one is None:
        return []
    link = (_("去处理"), url_for("results.handoff", handoff_id=one.handoff_id, q=one.title))
    facts = [(_("报送单位"), one.sender), (_("情况"), _(one.why))]
    return [EntryNote(_("报送单位已撤回，待处理"), facts, "exclamation-triangle", link)]
