"""Forms of a round's panels and works."""

from __future__ import annotations

from typing import Any

from wtforms import SelectMultipleField

from contest_portal.core.forms import Form, VersionedForm, row_id
from contest_portal.judging.panels import PanelRule
from contest_portal.judging.services.panels import MOST_PANELS, PanelData

_TOO_LARGE = 2**31
"""From here on no row has such a number."""


class PanelsForm(VersionedForm):
    """The panels of a round, each with fields that end in its place: `name-0`, `id-0`, `stage-0` …

    A line without a name that is not there yet is none; `gone-0` takes one away.
    """

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        sent = self.meta.wrap_formdata(self, formdata)
        self.panels: list[PanelData] = []
        for place in range(MOST_PANELS + 1) if sent else ():
            name, known = sent.get(f"name-{place}", "").strip(), sent.get(f"id-{place}", "")
            if sent.get(f"gone-{place}") or not (name or known):
                continue
            rule = PanelRule(
                stages=frozenset(sent.getlist(f"stage-{place}")),
                disciplines=frozenset(sent.getlist(f"discipline-{place}")),
                categories=frozenset(int(one) for one in sent.getlist(f"category-{place}") if one.isdecimal()),
                by_hand=bool(sent.get(f"hand-{place}")),
            )
            self.panels.append(PanelData(name, rule, int(known) if known.isdecimal() else None))


class WorksForm(Form):
    """Ticked works and what is to become of them: `act` is take, leave, or place with a panel."""

    entry = SelectMultipleField(coerce=row_id, validate_choice=False)

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        sent = self.meta.wrap_formdata(self, formdata) or {}
        self.entry_ids = [one for one in self.entry.data or [] if 0 < one < _TOO_LARGE]
        panel = sent.get("panel_id", "")
        self.panel_id: int | None = int(panel) if panel.isdecimal() and int(panel) else None
