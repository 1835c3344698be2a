"""The form of a verdict on two alike entries."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from contest_portal.core.forms import Form
from contest_portal.entries.services.verdicts import MOST_WORDS


class VerdictForm(Form):
    """One of three buttons gives the verdict; `seen` is the pair's state as it stood on the page."""

    seen = HiddenField()
    verdict = StringField(_l("核对结论"))
    words = TextAreaField(
        _l("说明"),
        [Length(max=MOST_WORDS, message=_l("说明最多 %(max)d 字。"))],
        description=_l("只有主办单位看得到。认定为抄袭的，请写明依据。"),
    )
    with_others = BooleanField(_l("这两件作品的其他相似之处，结论相同"), default=True)
