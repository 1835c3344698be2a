"""The form of black boxes on one page of a file, and the small ones beside found names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest_portal.core.forms import Form
from contest_portal.entries.mask_boxes import MOST_BOXES, SIDES
from contest_portal.entries.services.masks import MOST_WHY

WHY = _l("为匿名评审，遮盖了作者、学校等信息。")


class MaskForm(Form):
    """`seen` is the mask's version on screen, `page` the page that the boxes are of; the boxes come as rows."""

    seen = IntegerField(validators=[InputRequired(), NumberRange(min=0)])
    page = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=10_000)])
    why = TextAreaField(
        _l("遮盖说明"),
        [Length(max=MOST_WHY, message=_l("遮盖说明最多 %(max)d 字。"))],
        description=_l("学校会看到哪一页有遮盖和这段说明，评委看不到。"),
    )


class SettleForm(Form):
    """What is said of a found name: dismissed, redacted, or open again; `alike`: also of the same words beside it;
    `page`: the page of the file on which it was said, to come back to."""

    state = HiddenField()
    alike = BooleanField()
    page = IntegerField(validators=[Optional()])


def typed_rows() -> Sequence[Mapping[str, str]]:
    """The rows of boxes as they were typed, those left out that are ticked to be removed."""
    columns = {side: request.form.getlist(side)[: MOST_BOXES + 20] for side in SIDES}
    removed = set(request.form.getlist("remove"))
    count = max((len(values) for values in columns.values()), default=0)
    return [
        {side: values[number] if number < len(values) else "" for side, values in columns.items()}
        for number in range(count)
        if str(number) not in removed
    ]
