"""Forms of paper sheets: the total again, a workbook of marks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField

from contest_portal.core.forms import Form, VersionedForm


class CheckForm(VersionedForm):
    """The total of a paper sheet, typed by the second person."""

    total = StringField(_l("纸质表上的合计"))


class MarksTableForm(Form):
    """A workbook of marks."""

    file = FileField(_l("评分表（工作簿）"))


class ApplyMarksForm(Form):
    """The marks that were previewed, sealed, and why those change that are there already."""

    rows = HiddenField()
    why = StringField(_l("更改原因"))
