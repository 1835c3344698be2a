"""A judge's time in words, in every language of the pages."""

from __future__ import annotations

from datetime import date

from contest_portal.core.i18n import day
from contest_portal.core.text import N_, Message


def span_words(start: date | None, end: date | None) -> Message | None:
    """When there is time; None where nothing was said."""
    if start and end:
        return Message.of(N_("%(first)s 至 %(last)s"), first=day(start), last=day(end))
    if start:
        return Message.of(N_("%(first)s 起"), first=day(start))
    return Message.of(N_("到 %(last)s 为止"), last=day(end)) if end else None
