"""The form of a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from contest_portal.core.forms import Form


class ReasonForm(Form):
    """Why."""

    why = StringField(_l("原因"))
