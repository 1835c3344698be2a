"""The form of a ranking."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from contest_portal.core.forms import Form
from contest_portal.judging.forms.methods import method_choices


class RankForm(Form):
    """By which method a closed round is ranked."""

    method = RadioField(_l("排名方法"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = method_choices()
