"""What the office should know before it gives certificates: is the list of awards settled, do the names agree with it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contest_portal.results.certificates.queries.awardees import Awardee
from contest_portal.results.published_awards import published_awards


@dataclass(frozen=True)
class GivingWarnings:
    """`is_unpublished`: no list of awards is public; `open_until`: it is, and not confirmed; `renamed`: (as published, as the
    certificate would say) of works whose people are called otherwise now."""

    is_unpublished: bool = False
    open_until: date | None = None
    renamed: Sequence[tuple[str, str]] = ()


def giving_warnings(contest_id: int, to_issue: Sequence[Awardee]) -> GivingWarnings:
    """Three statements at most; none where there is nothing to give."""
    if not to_issue:
        return GivingWarnings()
    public = published_awards(contest_id)
    if public is None:
        return GivingWarnings(is_unpublished=True)
    renamed = []
    for one in to_issue:
        published = public.names.get(one.entry_id or 0)
        if one.kind == "author" and published is not None and not _is_named(one, published):
            renamed.append((published, one.recipient))
    return GivingWarnings(open_until=None if public.is_final else public.open_until, renamed=renamed)


def _is_named(one: Awardee, published: str) -> bool:
    return one.recipient == published or one.recipient in published.split("、")
