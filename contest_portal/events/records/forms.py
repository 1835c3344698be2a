"""Forms of events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from contest_portal.core.forms import Form
from contest_portal.events.records.services import Figure

# What the office states of an activity: key in the report's data, word on screen.
FIGURES = (
    ("theme", _l("主题")),
    ("date", _l("日期")),
    ("venue", _l("地点")),
    ("mode", _l("组织方式")),
    ("visits", _l("参观人次")),
    ("visitors", _l("参观人数")),
    ("participants", _l("参加人数")),
    ("vehicles", _l("车辆（辆）")),
    ("exhibit_kinds", _l("展品种类")),
    ("exhibits", _l("展品数量")),
    ("boards", _l("展板（块）")),
    ("books", _l("图书资料")),
)


class ActivityForm(Form):
    """An activity and its figures; what does not apply stays empty."""

    name = StringField(_l("活动名称"), validators=[InputRequired(), Length(max=100)])

    def figures(self) -> list[Figure]:
        """The filled figures, whole numbers as numbers."""
        given = [(key, label, (self[f"figure_{key}"].data or "").strip()) for key, label in FIGURES]
        return [Figure(key, str(label), int(text) if text.isdecimal() else text) for key, label, text in given if text]


for _key, _label in FIGURES:
    setattr(ActivityForm, f"figure_{_key}", StringField(_label, validators=[Length(max=100)]))
