"""Forms of the annual summary."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from contest_portal.core.forms import Row, VersionedForm
from contest_portal.reports.parts import LONGEST_NUMBER, LONGEST_TEXT, Own


class NumberRow(Row):
    """What the office states instead of a computed number; empty: the computed one."""

    key = HiddenField()
    value = StringField(_l("改写为"), validators=[Length(max=LONGEST_NUMBER)])
    why = StringField(_l("理由"), validators=[Length(max=200)])


class PartForm(VersionedForm):
    """One part's text and the office's own numbers."""

    text = TextAreaField(_l("文字"), validators=[Length(max=LONGEST_TEXT)])
    numbers = FieldList(FormField(NumberRow))

    def own(self) -> Own:
        """What was typed."""
        given = {row.key.data: ((row.value.data or "").strip(), (row.why.data or "").strip()) for row in self.numbers}
        return Own((self.text.data or "").replace("\r\n", "\n"), {key: said for key, said in given.items() if said[0]})
