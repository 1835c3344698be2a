"""The form of a repair."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.validators import Optional

from contest_portal.core.forms import VersionedForm, row_id
from contest_portal.judging.queries.repairing import RepairWish


class RepairForm(VersionedForm):
    """What has changed; with `digest` the preview that is to be applied."""

    leave = SelectMultipleField(_l("退出本轮的评委"), coerce=row_id, validate_choice=False)
    reads = IntegerField(_l("每件作品由几名评委评阅"), [Optional()])
    way = RadioField(
        _l("怎样调整"),
        choices=[
            ("few", _l("尽量少动：只改必须改的任务")),
            ("even", _l("重新拉平：未评的任务在评委之间重新分得均匀")),
        ],
        default="few",
        validate_choice=False,
    )
    why = StringField(_l("调整原因"))
    digest = HiddenField()

    def wish(self, reads_now: int) -> RepairWish:
        """What was asked for; reads only where they differ from the round's."""
        reads = self.reads.data if self.reads.data not in {None, reads_now} else None
        return RepairWish(frozenset(self.leave.data or ()), reads, self.way.data == "even")
