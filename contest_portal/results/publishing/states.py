"""The states of public lists and their changes, once, as a table. Pure.

What was published never changes: a newer version takes its place, and the older one stays readable, unless two people of
the office pull the list: then nobody reads its lines any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import N_

PublicationState = Literal["draft", "public", "final", "amended", "pulled"]

PublicationAct = Literal["redraft", "publish", "confirm", "amend", "pull"]

PublicationKind = Literal["shortlist", "award"]

PUBLICATION_STATES: dict[PublicationState, str] = {
    "draft": N_("公示稿"),
    "public": N_("公示中"),
    "final": N_("已确认"),
    "amended": N_("已被更正"),
    "pulled": N_("提前下线"),
}

PUBLICATION_KINDS: dict[PublicationKind, str] = {
    "shortlist": N_("推荐名单"),
    "award": N_("获奖名单"),
}


@dataclass(frozen=True)
class PublicationChange:
    """One change of a version of a contest's public list."""

    act: PublicationAct
    source: PublicationState
    target: PublicationState
    label: str


# Publishing a version marks the one that was public as amended. Lines whose case is open wait when the others become
# final, and are confirmed once it is closed. When a list comes down at its day is no state: the day does it. Pulling takes
# all its versions along, and a new version may follow.
PUBLICATION_CHANGES: tuple[PublicationChange, ...] = (
    PublicationChange("redraft", "draft", "draft", N_("修改公示说明")),
    PublicationChange("publish", "draft", "public", N_("公示这份名单")),
    PublicationChange("confirm", "public", "final", N_("确认公示期满")),
    PublicationChange("confirm", "final", "final", N_("确认其余待定的作品")),
    PublicationChange("amend", "public", "amended", N_("公示新的一版")),
    PublicationChange("amend", "final", "amended", N_("公示新的一版")),
    PublicationChange("pull", "public", "pulled", N_("紧急下线")),
    PublicationChange("pull", "final", "pulled", N_("紧急下线")),
    PublicationChange("pull", "amended", "pulled", N_("现行的一版紧急下线")),
)


def publication_after(act: PublicationAct, state: str) -> PublicationState | None:
    """The state that `act` leads a public list in this state to, or None where it does not apply."""
    return next((one.target for one in PUBLICATION_CHANGES if (one.act, one.source) == (act, state)), None)
