"""The form of a score sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from contest_portal.contests.rules import Criterion
from contest_portal.core.forms import VersionedForm
from contest_portal.judging.services.sheets import mark_field


class SheetForm(VersionedForm):
    """A score sheet; `for_rubric` adds a field for each criterion."""

    comment = TextAreaField(_l("评语（选填）"))

    @classmethod
    def for_rubric(cls, rubric: Sequence[Criterion], **kwargs: Any) -> SheetForm:
        """The form with an input `mark_CODE` for each criterion."""
        fields = {mark_field(one.code): StringField(one.name) for one in rubric}
        return type("SheetFormOfRubric", (cls,), fields)(**kwargs)

    def marks(self, rubric: Sequence[Criterion]) -> dict[str, str]:
        """What was typed, by criterion."""
        return {one.code: self[mark_field(one.code)].data or "" for one in rubric}
