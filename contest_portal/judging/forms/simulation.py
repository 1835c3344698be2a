"""The form in which a way of judging is tried out."""

from __future__ import annotations

import math

from flask_babel import lazy_gettext as _l
from wtforms import FloatField, IntegerField, RadioField
from wtforms.validators import InputRequired, Optional

from contest_portal.core.forms import Form
from contest_portal.judging.ranking import Method
from contest_portal.judging.simulation import Design, Panels

METHODS = (Method.RAW, Method.MIXED)
"""What the page compares; the command compares all."""

PANELS = {
    Panels.RANDOM: _l("不分组，每位评委都可能评到任何作品"),
    Panels.LINKED: _l("分组，并安排三成作品由别组评委共同评阅"),
    Panels.CLOSED: _l("分组，各组评委只评本组作品"),
}
_WRONG = _l("请填写数字。")


class SimulationForm(Form):
    """A contest in round figures; what was typed stands in the address, so that a page can be kept and shown."""

    class Meta:
        csrf = False  # asking changes nothing that anybody else sees; the button that has it worked out carries a token

    entries = IntegerField(_l("作品数"), [InputRequired(_WRONG)], default=240)
    judges = IntegerField(_l("评委数"), [InputRequired(_WRONG)], default=24)
    places = IntegerField(_l("名额"), [InputRequired(_WRONG)], default=24)
    panels = RadioField(_l("评审组"), choices=list(PANELS.items()), default=Panels.RANDOM)
    panel_count = IntegerField(_l("评审组数"), [Optional()], default=4)
    sd_entry = FloatField(_l("作品水平的差别"), [InputRequired(_WRONG)], default=6)
    sd_judge = FloatField(_l("评委宽严的差别"), [InputRequired(_WRONG)], default=5)
    sd_noise = FloatField(_l("偶然误差"), [InputRequired(_WRONG)], default=7)

    def design(self) -> Design:
        """What was asked, with one read a work; the panels' works differ in level by half as much as works do."""
        panels = Panels(self.panels.data)
        apart = panels is not Panels.RANDOM
        level = float(self.sd_entry.data)
        return Design(
            entries=self.entries.data, judges=self.judges.data, reads=1, quota=self.places.data,
            sd_entry=level, sd_judge=float(self.sd_judge.data), sd_noise=float(self.sd_noise.data),
            panels=panels, panel_count=(self.panel_count.data or 0) if apart else 1,
            sd_panel=level / 2 if apart and math.isfinite(level) else 0.0, boundary=True, methods=METHODS,
        )  # fmt: skip

    def as_words(self) -> dict[str, str]:
        """What stands in the address."""
        numbers = (field for field in self if field.name != "panels")
        return {field.name: f"{field.data:g}" for field in numbers if field.data is not None} | {
            "panels": str(self.panels.data)
        }
