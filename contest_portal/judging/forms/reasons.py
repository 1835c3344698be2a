"""The form of a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from contest_portal.core.forms import Form


class ReasonForm(Form):
    """Why."""

    why = StringField(_l("原因"))


class SetAsideForm(ReasonForm):
    """Why a sheet counts no longer, and whether another judge reads the work instead."""

    give_on = BooleanField()
