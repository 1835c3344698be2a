"""Forms of a round before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional

from contest_portal.core.clock import local
from contest_portal.core.forms import VersionedForm
from contest_portal.judging.forms.methods import method_choices
from contest_portal.judging.forms.moments import MOMENT, aware
from contest_portal.judging.models import Round
from contest_portal.judging.services.round_data import RoundData


class RoundForm(VersionedForm):
    """A round's plan."""

    name = StringField(_l("轮次名称"), description=_l("如：初评、终评"))
    category_ids = SelectMultipleField(_l("评审类别"), coerce=int, validate_choice=False)
    reads_per_entry = IntegerField(_l("每件作品由几名评委评阅"), [Optional()])
    opens_at = DateTimeLocalField(_l("开始时间"), [Optional()], format=MOMENT)
    closes_at = DateTimeLocalField(_l("截止时间"), [Optional()], format=MOMENT)
    is_blind = BooleanField(_l("匿名评审"), description=_l("评委看不到作者、学校、辅导教师和标明身份的材料"))
    method = RadioField(_l("排名方法"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = method_choices()

    def offer(self, categories: Sequence[tuple[int, str]]) -> RoundForm:
        self.category_ids.choices = list(categories)
        return self

    @property
    def round_data(self) -> RoundData:
        return RoundData(
            name=self.name.data or "",
            category_ids=self.category_ids.data or [],
            reads_per_entry=self.reads_per_entry.data or 0,
            opens_at=aware(self.opens_at.data),
            closes_at=aware(self.closes_at.data),
            is_blind=bool(self.is_blind.data),
            method=self.method.data or "",
        )

    @classmethod
    def filled_from(cls, row: Round) -> RoundForm:
        """The form showing the plan as it is, its times by the local clock."""
        return cls(
            data={
                "name": row.name,
                "category_ids": [place.category_id for place in row.categories],
                "reads_per_entry": row.reads_per_entry,
                "opens_at": local(row.opens_at),
                "closes_at": local(row.closes_at),
                "is_blind": row.is_blind,
                "method": row.method,
                "version": row.version,
            }
        )


class OpenForm(VersionedForm):
    """Open a round by the plan of this seed."""

    seed = HiddenField()
