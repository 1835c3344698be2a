"""The states of recommendation lists and public lists and their changes, once, as tables. Pure.

What was approved or published never changes: a newer version takes its place, and the older one stays readable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import N_

ShortlistState = Literal["draft", "approved", "superseded"]
ShortlistAct = Literal["make", "approve", "supersede"]
PublicationState = Literal["draft", "public", "final", "amended"]
PublicationAct = Literal["redraft", "publish", "confirm", "amend"]
PublicationKind = Literal["shortlist", "award"]

SHORTLIST_STATES: dict[ShortlistState, str] = {
    "draft": N_("待审定"),
    "approved": N_("已审定"),
    "superseded": N_("已有新版"),
}
PUBLICATION_STATES: dict[PublicationState, str] = {
    "draft": N_("公示稿"),
    "public": N_("公示中"),
    "final": N_("已确认"),
    "amended": N_("已被更正"),
}
PUBLICATION_KINDS: dict[PublicationKind, str] = {
    "shortlist": N_("推荐名单"),
    "award": N_("获奖名单"),
}


@dataclass(frozen=True)
class ShortlistChange:
    """One change of a category's recommendation list."""

    act: ShortlistAct
    source: ShortlistState
    target: ShortlistState
    label: str


@dataclass(frozen=True)
class PublicationChange:
    """One change of a version of a contest's public list."""

    act: PublicationAct
    source: PublicationState
    target: PublicationState
    label: str


# A draft is filled anew by every making and every decision of the committee. Approving a version supersedes the last.
SHORTLIST_CHANGES: tuple[ShortlistChange, ...] = (
    ShortlistChange("make", "draft", "draft", N_("重新生成名单")),
    ShortlistChange("approve", "draft", "approved", N_("审定名单")),
    ShortlistChange("supersede", "approved", "superseded", N_("审定新的一版")),
)

# Publishing a version marks the one that was public as amended. Lines whose case is open wait when the others become
# final, and are confirmed once it is closed. When a list comes down is no state: the day does it.
PUBLICATION_CHANGES: tuple[PublicationChange, ...] = (
    PublicationChange("redraft", "draft", "draft", N_("修改公示说明")),
    PublicationChange("publish", "draft", "public", N_("公示这份名单")),
    PublicationChange("confirm", "public", "final", N_("确认公示期满")),
    PublicationChange("confirm", "final", "final", N_("确认其余待定的作品")),
    PublicationChange("amend", "public", "amended", N_("公示新的一版")),
    PublicationChange("amend", "final", "amended", N_("公示新的一版")),
)


def shortlist_after(act: ShortlistAct, state: str) -> ShortlistState | None:
    """The state that `act` leads a recommendation list in this state to, or None where it does not apply."""
    return next((one.target for one in SHORTLIST_CHANGES if (one.act, one.source) == (act, state)), None)


def publication_after(act: PublicationAct, state: str) -> PublicationState | None:
    """The state that `act` leads a public list in this state to, or None where it does not apply."""
    return next((one.target for one in PUBLICATION_CHANGES if (one.act, one.source) == (act, state)), None)
