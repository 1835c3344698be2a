"""The states of recommendation lists and their changes, once, as a table. Pure.

What was approved never changes: a newer version takes its place, and the older one stays readable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import N_

ShortlistState = Literal["draft", "approved", "superseded"]

ShortlistAct = Literal["make", "approve", "supersede"]


SHORTLIST_STATES: dict[ShortlistState, str] = {
    "draft": N_("待审定"),
    "approved": N_("已审定"),
    "superseded": N_("已有新版"),
}


@dataclass(frozen=True)
class ShortlistChange:
    """One change of a category's recommendation list."""

    act: ShortlistAct
    source: ShortlistState
    target: ShortlistState
    label: str


# A draft is filled anew by every making and every decision of the committee. Approving a version supersedes the last.
SHORTLIST_CHANGES: tuple[ShortlistChange, ...] = (
    ShortlistChange("make", "draft", "draft", N_("重新生成名单")),
    ShortlistChange("approve", "draft", "approved", N_("审定名单")),
    ShortlistChange("supersede", "approved", "superseded", N_("审定新的一版")),
)


def shortlist_after(act: ShortlistAct, state: str) -> ShortlistState | None:
    """The state that `act` leads a recommendation list in this state to, or None where it does not apply."""
    return next((one.target for one in SHORTLIST_CHANGES if (one.act, one.source) == (act, state)), None)
