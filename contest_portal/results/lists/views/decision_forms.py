"""The forms of decisions as they stand on a category's list."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from contest_portal.results.lists.forms import DecisionForm, EmptyForm, TieForm, VerdictForm
from contest_portal.results.lists.models import Shortlist
from contest_portal.results.lists.queries.shortlists import LineView

TIE, EMPTY = "tie", "empty"
"""What the names of two of the forms begin with: all three stand on one page, and a label belongs to one field."""


class DecisionForms:
    """The three forms; blank ones, or one that was sent and is shown again with what was typed."""

    def __init__(self, sent: VerdictForm | None = None) -> None:
        self.refused = sent is not None
        self.single = sent if isinstance(sent, DecisionForm) else DecisionForm(formdata=None)
        self.tie = sent if isinstance(sent, TieForm) else TieForm(formdata=None, prefix=TIE)
        self.empty = sent if isinstance(sent, EmptyForm) else EmptyForm(formdata=None, prefix=EMPTY)

    def offer(self, entries: Sequence[tuple[int, str]], lines: Sequence[LineView], newest: Shortlist | None) -> None:
        """What may be chosen, and the version of the list that is looked at now."""
        self.single.entry_id.choices = list(entries)
        self.tie.ahead.choices = [
            (one.entry_id, _("第 %(rank)s 名　%(number)s %(title)s", rank=one.rank, number=one.number, title=one.title))
            for one in lines
            if one.decision == "tied"
        ]
        for form in (self.single, self.tie, self.empty):
            form.version.data = str(newest.row_version) if newest else ""
